using Millwright.Operators;

namespace Millwright.Cli.Calibration;

/// <summary>What the name of a measured table says: SYSTEM__SOURCE-VERSION__TABLE.csv or .csv.gz, with "power_" before it where it holds power.</summary>
/// <param name="Path">Path of the file.</param>
/// <param name="SystemId">Catalog id of the measured system.</param>
/// <param name="Source">Engine or library as the table names it, such as "trtllm" or "nccl".</param>
/// <param name="Version">Its version.</param>
/// <param name="Table">The table, such as "gemm".</param>
/// <param name="HasPower">True for a table that also holds power.</param>
internal sealed record TableName(string Path, string SystemId, string Source, string Version, string Table, bool HasPower)
{
    private const string PowerPrefix = "power_";

    private static readonly Dictionary<string, string> Systems = new(StringComparer.Ordinal)
    {
        ["a100_sxm"] = "hgx-a100-80",
        ["h100_sxm"] = "hgx-h100",
        ["h200_sxm"] = "hgx-h200",
        ["b200_sxm"] = "hgx-b200",
        ["b300_sxm"] = "hgx-b300",
        ["gb200"] = "gb200-nvl72",
        ["gb300"] = "gb300-nvl72",
    };

    /// <summary>The engine whose kernels were timed; TensorRT-LLM for what belongs to no engine, such as NCCL.</summary>
    public EngineFamily Engine => Source switch
    {
        "vllm" => EngineFamily.Vllm,
        "sglang" => EngineFamily.Sglang,
        _ => EngineFamily.TensorRtLlm,
    };

    /// <summary>Version, with the name of the library where it is no engine's.</summary>
    public string EngineVersion => Source is "vllm" or "sglang" or "trtllm" ? Version : $"{Source} {Version}";

    /// <summary>Reads a name.</summary>
    /// <param name="path">Path of the file.</param>
    /// <returns>What it says, or null where the file is no measured table of a known system.</returns>
    public static TableName? Parse(string path)
    {
        string name = System.IO.Path.GetFileName(path);
        string stem = name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name;
        if (!stem.EndsWith(".csv", StringComparison.Ordinal))
        {
            return null;
        }

        stem = stem[..^4];
        bool power = stem.StartsWith(PowerPrefix, StringComparison.Ordinal);
        string[] parts = (power ? stem[PowerPrefix.Length..] : stem).Split("__");
        return parts.Length == 3 && Systems.TryGetValue(parts[0], out string? system) && parts[1].Split('-', 2) is [var source, var version]
            ? new TableName(path, system, source, version, parts[2], power)
            : null;
    }
}
