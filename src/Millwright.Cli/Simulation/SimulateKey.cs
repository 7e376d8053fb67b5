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
        new("no-evict", "true|false", "A request starts only when the cache holds its whole length (TensorRT-LLM guaranteed no-evict); false: as full as it gets, the newest gives way (max-utilisation, vLLM, SGLang). Left out: the engine's."),
        new("skew", "X", "Skew of routing over experts: 0 (all as popular) to 2. Left out: the usual."),
        new("prefix-cache", "true|false", "Keep what blocks hold for prompts that begin alike. Left out: where the load tells what prompts hold."),
        new("kv-tiers", "LIST", "Memory behind the cache of a replica, such as \"host:512GB@200GB/s, ssd:8TB@20GB/s\": capacity and rate of all its chips together."),
        new("schedule", "KIND", "Which waiting request is looked at first: fcfs, priority or lpm (longest prefix in the cache). Left out: fcfs."),
        new("max-waiting", "N", "Requests that may wait at a replica: one more is refused."),
        new("patience", "TIME", "A request that has waited longer when its turn comes is given up."),
        new("draft-tokens", "N", "Tokens drafted for each step (speculative decoding, MTP)."),
        new("accepted-tokens", "MEAN", "Mean tokens of the draft that are accepted, such as 1.5."),
        new("draw-acceptance", Switch, "Draw accepted tokens instead of taking their mean."),
        new("max-model-len", "N", "Longest request, input and output. Left out: the model's context."),
        new("trace", "FILE", "Requests from a trace: CSV or JSON lines, plain or .gz."),
        new("rate", "R", "Requests at a rate, such as 20/s."),
        new("rate-over-time", "LIST", "A rate that changes, straight between places: \"0h:10/s, 8h:40/s, 24h:10/s\"; beyond the last place it stays."),
        new("sample-replicas", "K", "Simulate K of the replicas with their share of the requests, so that some stand for all."),
        new("concurrency", "C", "Requests under way at once: each that ends lets the next one come."),
        new("requests", "N", "Number of requests; of a trace: its first."),
        new("duration", "TIME", "How long requests come at a rate, such as \"24 h\": instead of their number, or with it whichever ends first."),
        new("isl", "N", "Input tokens of a request."),
        new("osl", "N", "Output tokens of a request."),
        new("lengths", "FILE", "Lengths drawn from the rows of a table or trace, or from an archive of ServeGen clients (.tar, .tar.gz), instead of --isl and --osl."),
        new("arrivals", "PROCESS", "How requests follow each other at a rate: poisson, constant, gamma:CV or weibull:CV. Left out: poisson."),
        new("workload", "NAME", "Tasks of a named workload, call by call: chat, reasoning, research, browser-agent, coding-agent."),
        new("sessions", "FILE", "Sessions of a trace as tasks: TraceLab, Qwen-Bailian, BurstGPT, or a table with a column session."),
        new("tasks", "N", "Number of tasks."),
        new("task-rate", "R", "Tasks at a rate, such as 0.5/s."),
        new("task-concurrency", "C", "Tasks under way at once: each that ends lets the next one come."),
        new("gap", "TIME", "Median pause between an answer and the next request of sessions without a clock. Left out: 5 s."),
        new("reasoning-budget", "LEVEL", "none, low, medium or high. Left out: medium."),
        new("sandboxes", "N", "Sandboxes that tools of tasks run in; more wait. Left out: as many as are asked for."),
        new("core-hour", "$", "Price of a CPU core of a sandbox for an hour, in dollars."),
        new("classes", "LIST", "Classes of requests, such as \"live 70% ttft=1s tpot=40ms; batch 30% priority=1\": name, share, limits, priority, fleets=NAME,NAME."),
        new("router", "R", "round-robin, random, least-loaded, power-of-two, session, prefix or kv (blocks in use and to be computed). Left out: round-robin."),
        new("decode-replicas", "N", "Replicas that go on with prompts which those of --replicas have done: prefill and decode apart."),
        new("decode-system", "SYSTEM", "Their system. Left out: the same."),
        new("decode-tp", "N", "Their tensor parallelism. Left out: 1."),
        new("decode-pp", "N", "Their pipeline stages. Left out: 1."),
        new("decode-ep", "N", "Their expert parallelism. Left out: 1."),
        new("decode-dp", "N", "Their attention data parallelism. Left out: 1."),
        new("transfer-link", "RATE", "Bandwidth of a chip for caches that move between replicas. Left out: that of its network."),
        new("scale-from", "N", "Fewest replicas; up to --replicas come with the load."),
        new("scale-target", "N", "Requests that wait or run at a replica in the mean, which replicas are added for. Left out: 32."),
        new("scale-every", "TIME", "Time between two decisions. Left out: 15 s."),
        new("start-time", "TIME", "Time of a machine and its engine to start; reading the weights comes on top. Left out: 60 s."),
        new("weights-rate", "RATE", "Rate at which a chip reads its weights at the start. Left out: 2 GB/s."),
        new("calm", "TIME", "A replica goes when fewer were wanted all this time. Left out: 300 s."),
        new("mtbf", "TIME", "Mean time of a replica between failures, such as \"20 h\": its requests start anew elsewhere."),
        new("repair", "TIME", "Time until a failed replica serves again. Left out: 600 s."),
        new("name", "NAME", "Name of the fleet, where there are several."),
        new("network", "TIME", "Network time from the user and back. Left out: 0."),
        new("beside", "FILES", "Files of options of more fleets behind the same door: other models, sites, systems."),
        new("spill", "N", "Requests at a replica of a fleet in the mean at which the next choice of a class takes over."),
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

    /// <summary>Names of all keys.</summary>
    public static IReadOnlyCollection<string> Names => [.. All.Select(static key => key.Name)];

    /// <summary>The option of the command.</summary>
    public Option Option() => HelpName == Switch
        ? new Option<bool>("--" + Name) { Description = Description }
        : new Option<string?>("--" + Name) { Description = Description, HelpName = HelpName };
}
