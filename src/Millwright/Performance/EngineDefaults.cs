using System.Globalization;
using System.Text.RegularExpressions;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>Settings that a range of versions of one engine starts with when nobody sets them.</summary>
/// <param name="Family">The engine.</param>
/// <param name="FromVersion">First version that these hold for, as "major.minor".</param>
/// <param name="FromDate">Month of that version, yyyy-MM, for runs that tell a date alone.</param>
/// <param name="MemoryFraction">Share of memory, as <see cref="EngineSettings.MemoryFraction"/> means it.</param>
/// <param name="ChunkedPrefill">True when prompt parts run beside decoding sequences in one step.</param>
/// <param name="Tiers">Budgets by the memory of a chip, ascending.</param>
/// <param name="Source">Where the defaults are read.</param>
public sealed record EngineRelease(
    EngineFamily Family, string FromVersion, string FromDate, double MemoryFraction, bool ChunkedPrefill, IReadOnlyList<EngineTier> Tiers, string Source)
{
    /// <summary>As <see cref="EngineSettings.NoEvict"/>.</summary>
    public bool NoEvict { get; init; }

    /// <summary>As <see cref="EngineSettings.WholeWindows"/>.</summary>
    public bool WholeWindows { get; init; }

    /// <summary>As <see cref="EngineSettings.FractionOfFree"/>.</summary>
    public bool FractionOfFree { get; init; }
}

/// <summary>Budgets of an engine for chips up to a size of memory.</summary>
/// <param name="BelowBytes">Memory of a chip below which the tier holds, bytes; infinite for the last.</param>
/// <param name="MaxBatchedTokens">Most tokens of a step.</param>
/// <param name="MaxSequences">Most sequences of a step.</param>
/// <param name="GraphMaxBatch">Largest captured decode batch with TP of 4 and more.</param>
/// <param name="GraphMaxBatchNarrow">Largest captured decode batch below TP of 4.</param>
public sealed record EngineTier(double BelowBytes, int MaxBatchedTokens, int MaxSequences, int GraphMaxBatch, int GraphMaxBatchNarrow);

/// <summary>
/// What engines start with by version or date and by the memory of a chip. These are the defaults of online servers; a deployment that states its own
/// settings overrides them.
/// </summary>
/// <example><code>
/// EngineSettings settings = EngineDefaults.For(EngineFamily.Vllm, "0.15.1", "", memoryBytes: 141e9, tensorWays: 8);
/// </code></example>
public static partial class EngineDefaults
{
    private const double GiB = 1L << 30;
    private const double Above = double.PositiveInfinity;
    private const int AsMemoryAllows = 4096;

    /// <summary>Releases with their defaults, by engine and from old to new.</summary>
    public static IReadOnlyList<EngineRelease> Releases { get; } =
    [
        new(EngineFamily.Vllm, "0.4", "2024-04", 0.9, false,
            [new(Above, 8192, 256, 256, 256)],
            "vllm-project/vllm v0.4.3 vllm/engine/arg_utils.py: max_num_seqs 256, gpu_memory_utilization 0.9, prompts and decoding in steps of their own; graphs to 256 (worker/model_runner.py)"),
        new(EngineFamily.Vllm, "0.8", "2025-03", 0.9, true,
            [new(70 * GiB, 2048, 256, 512, 512), new(Above, 8192, 1024, 512, 512)],
            "vllm-project/vllm vllm/engine/arg_utils.py get_batch_defaults (V1): from 70 GiB 8192 tokens and 1024 sequences for the server, else 2048 and 256; graphs to 512 (config)"),
        new(EngineFamily.Sglang, "0.4", "2024-12", 0.88, false,
            [new(Above, 8192, AsMemoryAllows, 160, 160)],
            "sgl-project/sglang v0.4 python/sglang/srt/server_args.py: chunked_prefill_size 8192, cuda_graph_max_bs 160, mem_fraction_static 0.88; prompts and decoding in steps of their own (enable_mixed_chunk is off)"),
        new(EngineFamily.Sglang, "0.5", "2025-08", 0.88, false,
            [
                new(20 * GiB, 2048, AsMemoryAllows, 8, 8), new(35 * GiB, 2048, AsMemoryAllows, 80, 24), new(60 * GiB, 4096, AsMemoryAllows, 160, 32),
                new(90 * GiB, 8192, AsMemoryAllows, 512, 256), new(160 * GiB, 8192, AsMemoryAllows, 512, 256), new(Above, 16384, AsMemoryAllows, 512, 512),
            ],
            "sgl-project/sglang python/sglang/srt/server_args.py _handle_gpu_memory_settings (v0.5): chunk and graph sizes by memory; the static share follows from what is reserved, 0.85 to 0.9"),
        new(EngineFamily.TensorRtLlm, "0.9", "2024-04", 0.9, true,
            [new(Above, 8192, 2048, 2048, 2048)],
            "NVIDIA/TensorRT-LLM docs/source/performance: trtllm-build max_batch_size 2048, max_num_tokens 8192, kv_cache_free_gpu_mem_fraction 0.9; an engine enqueues whole steps; capacity scheduler GUARANTEED_NO_EVICT; windows kept whole unless kv_cache_config.max_attention_window names them") { NoEvict = true, WholeWindows = true, FractionOfFree = true },
        new(EngineFamily.TensorRtLlm, "1.0", "2025-06", 0.9, true,
            [new(Above, 8192, 2048, 128, 128)],
            "NVIDIA/TensorRT-LLM tensorrt_llm/llmapi/llm_args.py and trtllm-serve (v1.0): max_batch_size 2048, max_num_tokens 8192, free_gpu_memory_fraction 0.9, captured batches to 128 where none are named") { NoEvict = true, WholeWindows = true, FractionOfFree = true },
    ];

    /// <summary>Version that is taken where neither version nor date is known: the newest that the table holds.</summary>
    public const string Newest = "newest";

    /// <summary>The release whose defaults hold.</summary>
    /// <param name="family">The engine.</param>
    /// <param name="version">Version or image tag; empty where not known.</param>
    /// <param name="date">Date as yyyy-MM or yyyy-MM-dd; empty where not known.</param>
    /// <returns>The release; the newest where neither tells one, the oldest for what came before it.</returns>
    public static EngineRelease ReleaseOf(EngineFamily family, string version, string date)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(date);
        EngineRelease[] releases = [.. Releases.Where(r => r.Family == family)];
        return NumberOf(family, version) is { } number ? releases.LastOrDefault(r => Number(r.FromVersion) <= number) ?? releases[0]
            : date.Length >= 7 ? releases.LastOrDefault(r => string.CompareOrdinal(r.FromDate, date[..7]) <= 0) ?? releases[0]
            : releases[^1];
    }

    /// <summary>The settings that an engine starts with.</summary>
    /// <param name="family">The engine.</param>
    /// <param name="version">Version or image tag; empty where not known.</param>
    /// <param name="date">Date as yyyy-MM or yyyy-MM-dd; empty where not known.</param>
    /// <param name="memoryBytes">Memory of a chip, bytes.</param>
    /// <param name="tensorWays">TP.</param>
    /// <returns>The settings.</returns>
    public static EngineSettings For(EngineFamily family, string version, string date, double memoryBytes, int tensorWays)
    {
        EngineRelease release = ReleaseOf(family, version, date);
        EngineTier tier = release.Tiers.First(t => memoryBytes < t.BelowBytes || double.IsPositiveInfinity(t.BelowBytes));
        return new EngineSettings(
            family, version, date, tier.MaxBatchedTokens, tier.MaxSequences, release.MemoryFraction,
            tensorWays < 4 ? tier.GraphMaxBatchNarrow : tier.GraphMaxBatch, release.ChunkedPrefill, release.NoEvict, release.WholeWindows,
            FractionOfFree: release.FractionOfFree);
    }

    /// <summary>True when an engine decides on a step while the one before runs: vLLM since 0.14, where asynchronous scheduling became the default (release
    /// notes of v0.14.0, recalled).</summary>
    /// <param name="engine">The engine.</param>
    /// <returns>True where it does; engines of other makers are not told apart yet.</returns>
    public static bool SchedulesAhead(EngineSettings engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return engine.Family == EngineFamily.Vllm && (NumberOf(engine.Family, engine.Version) is { } number
            ? number >= Number("0.14")
            : engine.Date.Length < 7 || string.CompareOrdinal(engine.Date[..7], "2026-01") >= 0);
    }

    /// <summary>True when the version text tells a version of the engine itself.</summary>
    /// <param name="family">The engine.</param>
    /// <param name="version">Version or image tag.</param>
    /// <returns>False for an empty text, and for images of an orchestrator, which carry its version.</returns>
    public static bool TellsVersion(EngineFamily family, string version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return NumberOf(family, version) is not null;
    }

    // Images of Dynamo and of CUDA or ROCm name other versions too: the engine's own comes after its name, or stands alone.
    private static int? NumberOf(EngineFamily family, string version)
    {
        if (version.Length == 0)
        {
            return null;
        }

        string text = version.ToLowerInvariant();
        if (text.Contains("dynamo", StringComparison.Ordinal) && !text.Contains("tensorrt-llm", StringComparison.Ordinal))
        {
            return null;
        }

        string name = family switch { EngineFamily.Vllm => "vllm", EngineFamily.Sglang => "sglang", _ => "tensorrt-llm" };
        int place = text.LastIndexOf(name, StringComparison.Ordinal);
        Match match = VersionPattern().Match(place < 0 ? text : text[(place + name.Length)..]);
        return match.Success && (place >= 0 || match.Index == 0) ? Number(match.Groups["major"].Value + "." + match.Groups["minor"].Value) : null;
    }

    private static int Number(string version)
    {
        string[] parts = version.Split('.');
        return int.Parse(parts[0], CultureInfo.InvariantCulture) * 1000 + int.Parse(parts[1], CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"v?(?<major>\d{1,2})\.(?<minor>\d{1,3})(?=[.\-\s+_]|rc|post|$)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionPattern();
}
