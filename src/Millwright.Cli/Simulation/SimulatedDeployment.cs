using System.Globalization;
using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Cli.Commands;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;
using Millwright.Performance.Profiles;
using Millwright.Quantities;
using Millwright.Scenarios;
using Millwright.Serving;
using Millwright.Serving.Search;
using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Cli.Simulation;

/// <summary>What is simulated: a model on a system, cut, with the rules of its engine, in so many replicas.</summary>
/// <param name="Step">What its steps cost.</param>
/// <param name="Times">Times and power of the chip's operators.</param>
/// <param name="Policy">The rules of its engine.</param>
/// <param name="Replicas">Replicas.</param>
/// <param name="Band">Measured over predicted time: p10 and p90 of predictions of this kind.</param>
internal sealed record SimulatedDeployment(StepModel Step, OperatorTimes Times, EnginePolicy Policy, int Replicas, ErrorBand Band)
{
    /// <summary>Layer timings of the user's own, or null.</summary>
    public ProfileSteps? Profile { get; init; }

    /// <summary>Folder that the timings were read from, as the user named it; null without.</summary>
    public string? ProfileFolder { get; init; }

    /// <summary>Makes what the steps of one replica cost.</summary>
    public StepClock MakeClock() => new(Step, Policy.MaxSequences, Policy.MaxContextTokens, Profile, Policy.Asynchronous);

    /// <summary>
    /// Engines of a replica that step together: with a profile, and where a model with experts has attention ranks, each rank has its own queue.
    /// </summary>
    public int Engines => Profile is null ? 1 : Step.Deployment.Layout.AttentionRanks;

    /// <summary>Chips of all replicas.</summary>
    public int Chips => Step.Deployment.Layout.Chips * Replicas;

    /// <summary>In words, such as "llama-3.1-8b on hgx-h100, 2 x tp1, vllm, bf16, bf16 cache".</summary>
    public string Name
    {
        get
        {
            Deployment deployment = Step.Deployment;
            return $"{deployment.Model.Id} on {deployment.System.Id}, {Replicas} x {deployment.Layout}, {EngineName}, {PrecisionOptions.NameOf(deployment.Precision)}";
        }
    }

    /// <summary>Engine and version, such as "vllm 0.8 or later".</summary>
    public string EngineName
    {
        get
        {
            EngineSettings engine = Step.Deployment.Engine;
            EngineRelease release = EngineDefaults.ReleaseOf(engine.Family, engine.Version, engine.Date);
            return $"{ServingOptions.NameOf(engine.Family)} {(engine.Version.Length > 0 ? engine.Version : release.FromVersion + " or later")}";
        }
    }

    /// <summary>Reads a deployment.</summary>
    /// <param name="input">What was asked for.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="library">Operator grids.</param>
    /// <param name="calibration">Overheads and factors of engines.</param>
    /// <returns>The deployment.</returns>
    /// <exception cref="InputException">It is wrong, or cannot be.</exception>
    public static SimulatedDeployment Of(SimulateInput input, CatalogData catalog, OperatorLibrary library, EngineCalibration calibration)
    {
        ModelArchitecture model = input.Read("model", input.Required("model", "name the model, such as --model llama-3.1-8b"), name => ServingOptions.Model(name, catalog));
        IReadOnlyList<SystemRecord> systems = input.Read("system", input.Required("system", "name the system, such as --system hgx-h100"), name => ServingOptions.Systems(name, catalog));
        SystemRecord system = systems.Count == 1 ? systems[0] : throw input.Wrong("system", "name one system: a simulation runs on one");
        if (input.Quantity("link", QuantityKind.Bandwidth) is { } link)
        {
            system = system with { ScaleUpBytesPerSecond = link };
        }

        ParallelLayout layout = new(input.Whole("tp") ?? 1, input.Whole("pp") ?? 1, input.Whole("dp") ?? 1, input.Whole("ep") ?? 1);
        if (LayoutCheck.Fault(model, layout) is { Length: > 0 } fault)
        {
            throw new InputException("", 0, 0, $"{layout}: {fault}.");
        }

        int replicas = SampleOf(input, ReplicasOf(input, layout));
        EngineFamily family = input.Read("engine", input.Text("engine") ?? "vllm", ServingOptions.Engines) is [var one] ? one : throw input.Wrong("engine", "name one of vllm, sglang and trtllm");
        string version = input.Text("engine-version") ?? "";
        if (version.Length > 0 && !EngineDefaults.TellsVersion(family, version))
        {
            throw input.Wrong("engine-version", $"\"{version}\" was found; a version such as {EngineDefaults.ReleaseOf(family, "", "").FromVersion} is wanted");
        }

        if (OperatorTimes.Create(system, family, library, out string reason) is not { } times)
        {
            throw input.Wrong("system", reason.Length > 0 ? reason : $"the data sheet of {system.Id} lacks what a time needs");
        }

        BatchingKind? batching = input.Word("batching", "mixed", "prompts-first", "static") switch
        {
            null => null,
            "mixed" => BatchingKind.Mixed,
            "static" => BatchingKind.Static,
            _ => BatchingKind.PromptsFirst,
        };
        EngineSettings engine = Settings(input, EngineDefaults.For(family, version, "", times.Peaks.MemoryBytes, layout.TensorWays));
        Deployment deployment = new(model, system, layout, PrecisionOf(input, model, times.Peaks), engine);
        if (input.Number("skew") is { } skew)
        {
            deployment = deployment with { RoutingSkew = input.Read("skew", input.Text("skew")!, _ => ServingOptions.Skew(skew)) };
        }

        DraftedTokens? drafted = Drafted(input);
        StepModel step = StepModel.Compile(deployment, times, calibration.FactorsOf(family, system.Id), drafted?.Drafted.DraftTokens ?? 0);
        int context = input.Whole("max-model-len") ?? model.MaxContextTokens;
        if (context > model.MaxContextTokens)
        {
            throw input.Wrong("max-model-len", $"{context} was found; the context of {model.Id} ends at {model.MaxContextTokens} tokens");
        }

        CheckMemory(step);
        EnginePolicy policy = EnginePolicy.Of(step, context, batching, input.Whole("block-tokens"));
        policy = policy with
        {
            Asynchronous = input.Has("async-scheduling") ? input.Switch("async-scheduling") : policy.Asynchronous,
            NoEvict = input.Has("no-evict") ? input.Switch("no-evict") : policy.NoEvict,
            CachesPrefixes = input.Switch("prefix-cache"),
            Tiers = CacheTiers.Read(input),
            Order = input.Word("schedule", "fcfs", "priority", "lpm") switch
            {
                "priority" => SchedulingOrder.Priority,
                "lpm" => SchedulingOrder.LongestPrefix,
                _ => SchedulingOrder.FirstCome,
            },
            Drafted = drafted,
            MostWaiting = input.Whole("max-waiting", 0) ?? int.MaxValue,
            PatiencePicoseconds = input.Quantity("patience", QuantityKind.Duration) is { } patience ? SimulatedTime.FromSeconds(patience) : SimulatedTime.Never,
        };
        ProfileSteps? profile = null;
        if (input.Path("profile") is { } folder)
        {
            policy = policy.OfRank(layout.AttentionRanks);
            profile = ProfileOf(folder, step, policy);
        }

        return new SimulatedDeployment(step, times, policy, replicas, calibration.BandOf(model.Id, system.Id, times.Clock.BorrowedError)) { Profile = profile, ProfileFolder = input.Text("profile") };
    }

    private static DraftedTokens? Drafted(SimulateInput input)
    {
        if (input.Whole("draft-tokens") is not { } tokens)
        {
            foreach (string key in input.Given(["accepted-tokens", "draw-acceptance"]))
            {
                throw input.Wrong(key, "says what becomes of drafted tokens: state --draft-tokens");
            }

            return null;
        }

        double accepted = input.Number("accepted-tokens") ?? throw input.Wrong("accepted-tokens", "state the mean tokens of the draft that are accepted, such as --accepted-tokens 1.5");
        return accepted <= tokens
            ? new DraftedTokens(new Speculation(tokens, accepted), input.Switch("draw-acceptance") ? (ulong)(input.Whole("seed", 0) ?? 0) : null)
            : throw input.Wrong("accepted-tokens", string.Create(CultureInfo.InvariantCulture, $"{accepted} was found; of {tokens} drafted tokens no more can be accepted"));
    }

    private static ProfileSteps ProfileOf(string folder, StepModel step, EnginePolicy policy)
    {
        string cut = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"tp{step.Deployment.Layout.TensorWays}"));
        string place = Directory.Exists(cut) ? cut : folder;
        try
        {
            LayerProfile profile = LayerProfile.Read(name => File.Exists(Path.Combine(place, name)) ? File.OpenText(Path.Combine(place, name)) : null);
            return new ProfileSteps(profile, step, policy.MaxSequences, policy.Asynchronous);
        }
        catch (LayerProfileException problem)
        {
            throw new InputException(problem.File.Length > 0 ? Path.Combine(place, problem.File) : place, problem.Line, problem.Line > 0 ? 1 : 0, problem.Message + ".");
        }
    }

    // so many replicas are simulated, and stand for all
    private static int SampleOf(SimulateInput input, int replicas) => input.Whole("sample-replicas") is not { } sample ? replicas
        : sample <= replicas ? sample
        : throw input.Wrong("sample-replicas", string.Create(CultureInfo.InvariantCulture, $"{sample} was found; there are {replicas} replicas"));

    internal static int ReplicasOf(SimulateInput input, ParallelLayout layout)
    {
        if (input.Whole("chips") is not { } chips)
        {
            return input.Whole("replicas") ?? 1;
        }

        if (chips % layout.Chips != 0)
        {
            throw input.Wrong("chips", string.Create(CultureInfo.InvariantCulture, $"{chips} chips are no whole number of replicas: one as {layout} takes {layout.Chips}"));
        }

        int replicas = chips / layout.Chips;
        return input.Whole("replicas") is not { } wanted || wanted == replicas
            ? replicas
            : throw input.Wrong("replicas", string.Create(CultureInfo.InvariantCulture, $"{wanted} replicas of {layout.Chips} chips take {(long)wanted * layout.Chips} chips, and --chips says {chips}"));
    }

    private static EngineSettings Settings(SimulateInput input, EngineSettings settings)
    {
        double? fraction = input.Quantity("memory-fraction", QuantityKind.Fraction);
        if (fraction > 1)
        {
            throw input.Wrong("memory-fraction", "at most 100 % of the memory can be filled");
        }

        return settings with
        {
            MaxBatchedTokens = input.Whole("max-batched-tokens") ?? settings.MaxBatchedTokens,
            MaxSequences = input.Whole("max-sequences") ?? settings.MaxSequences,
            MemoryFraction = fraction ?? settings.MemoryFraction,
        };
    }

    private static PrecisionPlan PrecisionOf(SimulateInput input, ModelArchitecture model, ChipPeaks peaks)
    {
        OperandPrecision cache = input.Word("kv-cache", "bf16", "fp16", "auto", "fp8") == "fp8" ? OperandPrecision.Fp8 : OperandPrecision.Bf16;
        if (cache == OperandPrecision.Fp8 && peaks.Fp8FlopsPerSecond <= 0)
        {
            throw input.Wrong("kv-cache", "the chip has no fp8");
        }

        if (input.Text("precision") is not { } name)
        {
            return new PrecisionPlan(model.ReleasedDensePrecision, model.HasExperts ? model.ReleasedExpertPrecision : model.ReleasedDensePrecision, cache);
        }

        OperandPrecision precision = input.Read("precision", name, static text => ServingOptions.Precision("--precision", text));
        return new PrecisionPlan(precision == OperandPrecision.Mxfp4 ? OperandPrecision.Bf16 : precision, precision, cache);
    }

    private static void CheckMemory(StepModel step)
    {
        MemoryPlan memory = step.Memory;
        if (memory.CachePoolBytes < step.SequenceBytes(1))
        {
            FormattableString message =
                $"{step.Deployment.Model.Id} does not fit on {step.Deployment.System.Id} as {step.Deployment.Layout}: each chip holds {memory.WeightBytes / 1e9:0.#} GB of weights, {memory.ActivationBytes / 1e9:0.#} GB of activations and {memory.RuntimeBytes / 1e9:0.#} GB of the runtime, and may use {memory.UsableBytes / 1e9:0.#} GB. Give it more chips, narrower weights or a greater memory fraction.";
            throw new InputException("", 0, 0, message.ToString(CultureInfo.InvariantCulture));
        }
    }
}
