using System.CommandLine;

namespace Millwright.Cli.Simulation;

/// <summary>A key of a simulation: an option of the command, and a line of a file of options.</summary>
/// <param name="Name">Name without hyphens in front, such as "max-sequences".</param>
/// <param name="HelpName">What stands for its value.</param>
/// <param name="Description">What it says.</param>
internal sealed record SimulateKey(string Name, string HelpName, string Description)
{
    /// <summary>Stands for a key that is either there or not.</summary>
    public const string Switch = "";

    /// <summary>All keys, in the order of the help.</summary>
    public static IReadOnlyList<SimulateKey> All { get; } =
    [
        new("model", "MODEL", "Model of the catalog, or the path of a config.json."),
        new("system", "SYSTEM", "System of the catalog, such as hgx-h100."),
        new("chips", "N", "Chips at hand. Left out: those of the layout, times the replicas."),
        new("tp", "N", "Tensor parallelism. Left out: 1."),
        new("pp", "N", "Pipeline stages. Left out: 1."),
        new("ep", "N", "Expert parallelism. Left out: 1."),
        new("dp", "N", "Attention data parallelism, for models with experts. Left out: 1."),
        new("replicas", "N", "Replicas behind the router. Left out: as many as the chips hold."),
        new("engine", "E", "vllm, sglang or trtllm. Left out: vllm."),
        new("engine-version", "V", "Version whose defaults hold, such as 0.15. Left out: the newest known."),
        new("profile", "DIR", "Layer timings of your own behind every step (docs/validate-requests.md): the folder of the tables, or the one that holds tp1, tp2, ..."),
        new("link", "RATE", "Bandwidth one way between chips of a node, such as \"50 GB/s\". Left out: the data sheet's."),
        new("async-scheduling", "true|false", "The engine decides on a step while the one before runs. Left out: the engine's."),
        new("precision", "P", "bf16, fp8, fp8-block, nvfp4, mxfp4, int8 or int4. Left out: that of the released weights."),
        new("kv-cache", "P", "Precision of the cache: bf16 or fp8. Left out: bf16."),
        new("max-batched-tokens", "N", "Most tokens of a step on a rank. Left out: the engine's."),
        new("max-sequences", "N", "Most sequences of a step on a rank. Left out: the engine's."),
        new("memory-fraction", "SHARE", "Share of the memory that the engine may fill, such as 0.9. Left out: the engine's."),
        new("block-tokens", "N", "Tokens of a cache block. Left out: the engine's."),
        new("batching", "KIND", "mixed (prompts beside decoding), prompts-first, or static. Left out: the engine's."),
        new("max-model-len", "N", "Longest request, input and output. Left out: the model's context."),
        new("trace", "FILE", "Requests from a trace: CSV or JSON lines, plain or .gz."),
        new("rate", "R", "Requests at a rate, such as 20/s."),
        new("concurrency", "C", "Requests under way at once: each that ends lets the next one come."),
        new("requests", "N", "Number of requests; of a trace: its first."),
        new("duration", "TIME", "How long requests come at a rate, such as \"24 h\": instead of their number, or with it whichever ends first."),
        new("isl", "N", "Input tokens of a request."),
        new("osl", "N", "Output tokens of a request."),
        new("lengths", "FILE", "Lengths drawn from the rows of a table or trace, or from an archive of ServeGen clients (.tar, .tar.gz), instead of --isl and --osl."),
        new("arrivals", "PROCESS", "How requests follow each other at a rate: poisson, constant, gamma:CV or weibull:CV. Left out: poisson."),
        new("router", "R", "round-robin, random, least-loaded or power-of-two. Left out: round-robin."),
        new("seed", "N", "Seed of all draws. Left out: 0."),
        new("ttft", "TIME", "Limit on the time to first token that counts for goodput, such as \"1 s\"."),
        new("tpot", "TIME", "Limit on the time per output token that counts for goodput, such as \"40 ms\"."),
        new("find", "rate", "Look for the greatest rate that meets --ttft and --tpot, and for the one that saturates, instead of running one."),
        new("percentile", "SHARE", "Share of the requests that are to meet the limits of --find rate, such as 0.9. Left out: 0.99."),
        new("frontier", Switch, "Run a ladder of rates up to saturation: goodput, latencies, energy and cost of each."),
        new("chip-hour", "PRICE", "Cost of a chip-hour, such as \"2.5 $/GPU-h\": prices the tokens."),
        new("exact", Switch, "Exact percentiles of any number of requests; of up to 200,000 they are exact anyway."),
        new("each-step", Switch, "Step through every iteration instead of summing them: the same result, far slower."),
        new("threads", "N", "Threads. Left out: one for each processor. Results do not depend on it."),
    ];

    /// <summary>The option of the command.</summary>
    public Option Option() => HelpName == Switch
        ? new Option<bool>("--" + Name) { Description = Description }
        : new Option<string?>("--" + Name) { Description = Description, HelpName = HelpName };
}
