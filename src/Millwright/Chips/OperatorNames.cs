using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>Names of engines and precisions in files of operator grids.</summary>
public static class OperatorNames
{
    private static readonly string[] Engines = ["tensorrt-llm", "vllm", "sglang"];
    private static readonly string[] Precisions = ["bf16", "fp8", "nvfp4", "fp8-block", "mxfp4", "int8", "int4"];

    /// <summary>Name of an engine, such as "tensorrt-llm".</summary>
    /// <param name="engine">The engine.</param>
    /// <returns>Its name.</returns>
    public static string Of(EngineFamily engine) => Engines[(int)engine];

    /// <summary>Name of a precision, such as "fp8-block".</summary>
    /// <param name="precision">The precision.</param>
    /// <returns>Its name.</returns>
    public static string Of(OperandPrecision precision) => Precisions[(int)precision];

    /// <summary>The engine of a name.</summary>
    /// <param name="name">As <see cref="Of(EngineFamily)"/> gives it.</param>
    /// <returns>The engine, or null.</returns>
    public static EngineFamily? Engine(ReadOnlySpan<char> name) => Place(Engines, name) is >= 0 and var place ? (EngineFamily)place : null;

    /// <summary>The precision of a name.</summary>
    /// <param name="name">As <see cref="Of(OperandPrecision)"/> gives it.</param>
    /// <returns>The precision, or null.</returns>
    public static OperandPrecision? Precision(ReadOnlySpan<char> name) => Place(Precisions, name) is >= 0 and var place ? (OperandPrecision)place : null;

    private static int Place(string[] names, ReadOnlySpan<char> name)
    {
        for (int i = 0; i < names.Length; i++)
        {
            if (name.SequenceEqual(names[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
