using System.Text.RegularExpressions;
using Millwright.Catalog;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Cli.Measured;

/// <summary>The engine of a row.</summary>
/// <param name="Family">The engine, or the nearest one that operators were measured with.</param>
/// <param name="Label">Name for tables.</param>
/// <param name="Version">Version or image; empty where not told.</param>
/// <param name="Date">Date, yyyy-MM or yyyy-MM-dd; empty where not told.</param>
/// <param name="IsAssumed">True when the engine, its version or its date is not the row's own.</param>
/// <param name="Remark">What was assumed; may be empty.</param>
internal sealed partial record RowEngine(EngineFamily Family, string Label, string Version, string Date, bool IsAssumed, string Remark)
{
    // Words inside the name of a framework, the first that fits: orchestrators name the engine inside.
    private static readonly (string Word, EngineFamily Family, string Remark)[] s_words =
    [
        ("tensorrt", EngineFamily.TensorRtLlm, ""),
        ("trt", EngineFamily.TensorRtLlm, ""),
        ("sglang", EngineFamily.Sglang, ""),
        ("vllm", EngineFamily.Vllm, ""),
        ("atom", EngineFamily.Vllm, "ATOM is taken as vLLM, whose scheduling it shares"),
        ("deepseek", EngineFamily.Sglang, "the engine of DeepSeek is not public; taken as SGLang"),
    ];

    /// <summary>The engine of a row.</summary>
    public static RowEngine Of(ServingRow row, SystemRecord system)
    {
        string name = row.Framework.ToLowerInvariant();
        (string word, EngineFamily family, string remark) = s_words.FirstOrDefault(w => name.Contains(w.Word, StringComparison.Ordinal));
        if (word is null)
        {
            family = system.Vendor.Contains("NVIDIA", StringComparison.OrdinalIgnoreCase) ? EngineFamily.TensorRtLlm : EngineFamily.Vllm;
            remark = $"the row tells no known engine (\"{CsvTable.Shown(row.Framework)}\"); taken as {NameOf(family)}";
        }

        string version = row.FrameworkVersion.Length > 0 ? Plain(row.FrameworkVersion) : row.Framework.Any(char.IsDigit) ? row.Framework : "";
        string date = DatePattern().Match(row.Date) is { Success: true } match ? match.Value : "";
        bool isShort = row.Framework.Length > 0 && row.Framework.All(static c => char.IsLetter(c) || c == '-');
        return new RowEngine(family, isShort && word is not null ? row.Framework : NameOf(family), version, date, remark.Length > 0 || version.Length == 0 || date.Length == 0, remark);
    }

    /// <summary>Settings of the engine for one replica: its defaults, and what the notes and the benchmark's recipe tell.</summary>
    public EngineSettings Settings(ServingRow row, RowNotes notes, SystemRecord system, int tensorWays)
    {
        EngineSettings settings = EngineDefaults.For(Family, EngineDefaults.TellsVersion(Family, Version) ? Version : "", Date, system.MemoryBytes ?? 80e9, tensorWays);
        settings = settings with { Version = Version };
        if (Family == EngineFamily.TensorRtLlm && CapturesItsLoad(row))
        {
            settings = settings with { GraphMaxBatch = settings.MaxSequences };
        }

        return settings with
        {
            MaxSequences = notes.MaxSequences ?? settings.MaxSequences,
            MaxBatchedTokens = notes.MaxBatchedTokens ?? settings.MaxBatchedTokens,
        };
    }

    /// <summary>The engine's own spelling.</summary>
    public static string NameOf(EngineFamily family) => family switch
    {
        EngineFamily.TensorRtLlm => "TensorRT-LLM",
        EngineFamily.Vllm => "vLLM",
        _ => "SGLang",
    };

    // Published runs follow recipes that capture batches up to their load: trtllm-bench up to the batch it tunes, InferenceX up to the requests in flight
    // (TensorRT-LLM examples/configs/database), AIConfigurator's generator up to the greatest batch. Only an unpublished run is left at the default.
    private static bool CapturesItsLoad(ServingRow row) => row.Source.Length > 0 || row.IsMlperf || row.IsThroughputMaximum;

    private static string Plain(string version)
    {
        string text = version.StartsWith("image=", StringComparison.Ordinal) ? version["image=".Length..] : version;
        return text.Replace('#', '/');
    }

    [GeneratedRegex(@"\d{4}-\d{2}(-\d{2})?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DatePattern();
}
