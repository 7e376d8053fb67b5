using Millwright.Chips;

namespace Millwright.Catalog;

/// <summary>The operator grids that ship with the program, compiled at build from the files of the folder operators beside this one.</summary>
public static class ShippedOperators
{
    /// <summary>Loads the grids; a caller keeps them, each call reads them anew.</summary>
    /// <returns>The grids.</returns>
    public static OperatorLibrary Load()
    {
        using Stream stream = typeof(ShippedOperators).Assembly.GetManifestResourceStream("operators.bin")
            ?? throw new InvalidOperationException("the assembly was built without its operator grids");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new OperatorLibrary(bytes.AsMemory());
    }
}
