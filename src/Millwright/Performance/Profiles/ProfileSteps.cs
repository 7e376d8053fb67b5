using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;

namespace Millwright.Performance.Profiles;

/// <summary>
/// Steps of a deployment by a user's own layer timings: layers x calls, the attention of the step's own composition, the head for its sequences, and the
/// exchanges between chips. The host's work is hidden behind the chip's where the engine schedules ahead. Immutable but for what it remembers; safe to use
/// from many threads.
/// </summary>
public sealed class ProfileSteps
{
    private const double ActivationBytes = 2;
    private const string Norm = "layernorm";
    private const string Embedding = "embedding";
    private const string FinalNorm = "final_layernorm";
    private static readonly string[] s_mixer = ["qkv_proj", "qk_norm", "rotary_emb", "o_proj"];
    private static readonly string[] s_feedForward = ["gate_up_proj", "act_fn", "down_proj"];

    private readonly LayerProfile _profile;
    private readonly StepModel _step;
    private readonly bool _ahead;
    private readonly int _layers;
    private readonly int _expertLayers;
    private readonly (LayerTable Table, double Calls)[] _dense;
    private readonly LayerTable[] _heads;
    private readonly LayerTable? _allReduce;
    private readonly LayerTable? _logitGather;
    private readonly LayerTable? _gather;
    private readonly LayerTable? _scatter;
    private readonly LayerTable?[] _decode;
    private readonly double[] _besideDecode;

    /// <summary>Puts a profile behind a deployment.</summary>
    /// <param name="profile">Timings of the model on the chip at the deployment's tensor parallelism.</param>
    /// <param name="step">The deployment: its model counts the layers, its engine gives the host's time and the captured sizes, and where the profile has no
    /// exchanges, they are those of this step.</param>
    /// <param name="mostSequences">Most sequences that decode at once on one rank.</param>
    /// <param name="ahead">True when the engine schedules a step while the one before runs: the host's time is then hidden behind the chip's.</param>
    /// <exception cref="LayerProfileException">The profile lacks a layer, or the deployment is cut as no profile tells.</exception>
    public ProfileSteps(LayerProfile profile, StepModel step, int mostSequences, bool ahead)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(step);
        _profile = profile;
        _step = step;
        _ahead = ahead;
        ModelArchitecture model = step.Deployment.Model;
        ParallelLayout layout = step.Deployment.Layout;
        if (layout.PipelineStages > 1 || layout.ContextWays > 1 || step.TokensPerSequence > 1)
        {
            throw new LayerProfileException("", 0, "a profile tells nothing of pipeline stages, of context parallelism and of drafted tokens: leave them out");
        }

        _layers = model.Layers.Count;
        _expertLayers = model.ExpertLayers;
        if (_expertLayers > 0 && profile.Experts is null)
        {
            throw new LayerProfileException("moe.csv", 0, $"{model.Id} has routed experts, and the profile has no times of them");
        }

        _dense = [.. DenseCalls(profile, _layers, _layers - _expertLayers)];
        _heads = [.. profile.PerSequence.Values];
        _decode = new LayerTable?[mostSequences + 1];
        _besideDecode = new double[mostSequences + 1];
        if (profile.Collectives is { } collectives)
        {
            if (layout.TensorWays > 1)
            {
                _allReduce = Needed(collectives, CollectiveTable.AllReduce, layout.TensorWays);
                _logitGather = Needed(collectives, CollectiveTable.AllGather, layout.TensorWays);
            }

            if (layout.AttentionRanks > 1)
            {
                _gather = Needed(collectives, CollectiveTable.AllGather, layout.StageChips);
                _scatter = Needed(collectives, CollectiveTable.ReduceScatter, layout.StageChips);
            }
        }
    }

    /// <summary>The profile.</summary>
    public LayerProfile Profile => _profile;

    /// <summary>Everything but attention of a step in which one engine decodes, s.</summary>
    internal double Decode(int sequences)
    {
        double known = Volatile.Read(ref _besideDecode[sequences]);
        if (known == 0)
        {
            int tokens = Captured(sequences);
            known = WithHost(DenseSeconds(tokens, sequences) + Shared(tokens, tokens), sequences, DecodeTable(sequences).Seconds[0] * _layers);
            Volatile.Write(ref _besideDecode[sequences], known);
        }

        return known;
    }

    /// <summary>Attention of one engine's decoding sequences, as a straight line over the summed context.</summary>
    internal AttentionSegment Attention(int sequences, long context, in ContextSpread spread)
    {
        LayerTable table = DecodeTable(sequences);
        int mean = LayerTable.CellOf(table.Counts, (double)context / sequences);
        (long from, long to) = Bounds(table.Counts, mean, sequences, 0);
        if (_profile.Skew is not { } skew || spread.Above + spread.Below == 0)
        {
            return Segment(from, to, sequences, table, mean, 0, 0, 0);
        }

        // longest context x sequences is the summed context and what is constant beside it
        double longest = (double)(context + spread.Above) / sequences;
        int top = LayerTable.CellOf(table.Counts, longest);
        (long topFrom, long topTo) = Bounds(table.Counts, top, sequences, spread.Above);
        int bin = SkewTable.BinOf(skew.LongestEnds, longest);
        long binFrom = bin == 0 ? 0 : Beyond(skew.LongestEnds[bin - 1], sequences, spread.Above);
        long binTo = bin == skew.LongestEnds.Length - 1 ? long.MaxValue : Beyond(skew.LongestEnds[bin], sequences, spread.Above);
        double share = skew.AtBin(0, sequences, (double)spread.Below / (spread.Above + spread.Below), bin, 0);
        return Segment(Math.Max(from, Math.Max(topFrom, binFrom)), Math.Min(to, Math.Min(topTo, binTo)), sequences, table, mean, share, top, spread.Above);
    }

    /// <summary>A step of one engine with prompts, s.</summary>
    internal double Mixed(in RankStep rank)
    {
        int tokens = Captured(rank.Tokens);
        return WithHost(OwnSeconds(rank, tokens) + Shared(tokens, tokens), rank.Sequences + rank.Prompts.Prompts, 0);
    }

    /// <summary>A step of several engines that go together, s: each layer's experts wait for the slowest attention, and work on the tokens of all.</summary>
    internal double Together(ReadOnlySpan<RankStep> ranks)
    {
        // captured graphs run only where all engines run one, and then at one size
        int most = 0;
        foreach (ref readonly RankStep rank in ranks)
        {
            most = Math.Max(most, rank.Tokens);
        }

        bool captured = Captured(most) <= _step.Deployment.Engine.GraphMaxBatch;
        int common = Captured(most);
        double slowest = 0;
        int all = 0;
        int sequences = 0;
        foreach (ref readonly RankStep rank in ranks)
        {
            // an engine without work runs a step of one token beside the others
            int tokens = captured ? common : Math.Max(1, Captured(rank.Tokens));
            slowest = Math.Max(slowest, OwnSeconds(rank, tokens));
            all += tokens;
            sequences = Math.Max(sequences, rank.Sequences + rank.Prompts.Prompts);
        }

        return WithHost(slowest + Shared(common, all), sequences, 0);
    }

    // what one engine does without the others: products, attention, head
    private double OwnSeconds(in RankStep rank, int tokens)
    {
        double context = rank.Sequences == 0 ? 0 : (double)rank.ContextTokens / rank.Sequences;
        PromptBatch prompts = rank.Prompts;
        AttentionTable table = _profile.Attention;
        double attention = table.At(prompts.Tokens, prompts.MeanPrefix, rank.Sequences, context);
        if (_profile.Skew is { } skew && rank.Sequences > 1 && rank.Spread.Above + rank.Spread.Below > 0)
        {
            double longest = (double)(rank.ContextTokens + rank.Spread.Above) / rank.Sequences;
            double place = (double)rank.Spread.Below / (rank.Spread.Above + rank.Spread.Below);
            double share = skew.At(prompts.Tokens, rank.Sequences, place, longest, prompts.MeanPrefix);
            attention += share * (table.At(prompts.Tokens, prompts.MeanPrefix, rank.Sequences, longest) - attention);
        }

        if (prompts.Prompts > 1)
        {
            // the table knows one chunk: several attend each to itself, as so many equal ones with the same squares
            double equal = (double)prompts.Tokens * prompts.Tokens / prompts.SquareTokens;
            double floor = table.At(table.LeastChunk, 0, 0, 0);
            attention += floor + equal * (table.At(prompts.Tokens / equal, prompts.MeanPrefix, 0, 0) - floor) - table.At(prompts.Tokens, prompts.MeanPrefix, 0, 0);
        }

        return DenseSeconds(tokens, rank.Sequences + prompts.Prompts) + _layers * Math.Max(0, attention);
    }

    private double DenseSeconds(double tokens, double emitting)
    {
        double sum = 0;
        foreach ((LayerTable table, double calls) in _dense)
        {
            sum += table.At(tokens) * calls;
        }

        foreach (LayerTable table in emitting > 0 ? _heads : [])
        {
            sum += table.At(emitting);
        }

        if (_logitGather is not null)
        {
            sum += _logitGather.At(emitting * _step.Deployment.Model.VocabularySize / _step.Deployment.Layout.TensorWays * ActivationBytes);
        }

        return sum;
    }

    // experts and exchanges: tokens of the busiest rank, and of all
    private double Shared(double ofRank, double all)
    {
        Deployment deployment = _step.Deployment;
        ParallelLayout layout = deployment.Layout;
        ModelArchitecture model = deployment.Model;
        double sum = 0;
        if (_expertLayers > 0)
        {
            ExpertLoad load = ExpertLoad.Busiest(all, model.ExpertsPerToken, model.RoutedExperts, layout.ExpertWays, deployment.RoutingSkew);
            sum += _expertLayers * _profile.Experts!.At(load.Rows / model.ExpertsPerToken, load.Touched);
        }

        if (_profile.Collectives is null)
        {
            return sum + _step.ExchangeSeconds(ofRank);
        }

        double bytes = ofRank * model.HiddenSize * ActivationBytes;
        if (_allReduce is not null)
        {
            // each block, experts of several attention ranks apart, and the embedding, whose vocabulary is cut, too
            sum += _allReduce.At(bytes) * (1 + 2 * _layers - (layout.AttentionRanks > 1 ? _expertLayers : 0));
        }

        if (_gather is not null && _scatter is not null)
        {
            // hidden states and the scores of the router go to all, sums of the experts come back
            double scores = ofRank * model.RoutedExperts * ActivationBytes;
            sum += _expertLayers * (_gather.At((bytes + scores) / layout.TensorWays) + _scatter.At(bytes / layout.TensorWays));
        }

        return sum;
    }

    private double WithHost(double chip, double sequences, double attention)
    {
        EngineFactors factors = _step.Factors;
        double host = factors.HostSeconds + factors.HostSecondsPerSequence * sequences;
        return _ahead ? Math.Max(chip, host - attention) : chip + host;
    }

    // tokens that a captured graph of vLLM runs for so many: 1, 2, 4, then in steps of 8 to 256 and of 16 beyond (vllm/config/compilation.py)
    private int Captured(int tokens)
    {
        EngineSettings engine = _step.Deployment.Engine;
        int size = tokens switch { <= 2 => tokens, <= 4 => 4, <= 256 => (tokens + 7) / 8 * 8, _ => (tokens + 15) / 16 * 16 };
        return engine.Family == EngineFamily.Vllm && size <= engine.GraphMaxBatch ? size : tokens;
    }

    private LayerTable DecodeTable(int sequences)
    {
        LayerTable? table = Volatile.Read(ref _decode[sequences]);
        if (table is null)
        {
            table = _profile.Attention.Decode(sequences);
            Volatile.Write(ref _decode[sequences], table);
        }

        return table;
    }

    private AttentionSegment Segment(long from, long to, int sequences, LayerTable table, int mean, double share, int top, long above)
    {
        double atMean = ValueAt(table, mean, (double)from / sequences);
        double atTop = share == 0 ? 0 : ValueAt(table, top, (double)(from + above) / sequences);
        double slope = ((1 - share) * table.SlopeOf(mean) + share * table.SlopeOf(top)) / sequences;
        return new AttentionSegment(from, to, StepClock.Whole(Math.Max(0, _layers * ((1 - share) * atMean + share * atTop))), StepClock.Whole(_layers * slope));
    }

    private static double ValueAt(LayerTable table, int cell, double count) =>
        cell < 0 ? table.Seconds[0] : table.Seconds[cell] + table.SlopeOf(cell) * (count - table.Counts[cell]);

    // summed contexts whose mean, or whose longest context, lies in a cell
    private static (long From, long To) Bounds(ReadOnlySpan<double> counts, int cell, int sequences, long above) => (
        cell < 0 ? 0 : Math.Max(0, (long)Math.Ceiling(counts[cell] * sequences) - above),
        cell == counts.Length - 1 ? long.MaxValue : (long)Math.Ceiling(counts[cell + 1] * sequences) - above);

    // first summed context at which the longest one is beyond an end
    private static long Beyond(double end, int sequences, long above) => (long)Math.Floor(end * sequences) - above + 1;

    private static LayerTable Needed(CollectiveTable collectives, string name, int chips) =>
        collectives.Find(name, chips) ?? throw new LayerProfileException("collectives.csv", 0, $"the deployment needs {name} between {chips} chips, and the table has none");

    private static IEnumerable<(LayerTable Table, double Calls)> DenseCalls(LayerProfile profile, int layers, int denseLayers)
    {
        foreach (string name in profile.Dense.Keys)
        {
            double calls = name switch
            {
                Embedding or FinalNorm => 1,
                Norm => 2 * layers,
                _ when s_mixer.Contains(name, StringComparer.Ordinal) => layers,
                _ when s_feedForward.Contains(name, StringComparer.Ordinal) => denseLayers,
                _ => throw new LayerProfileException("dense.csv", 0, $"no layer \"{name}\" is known; known are {string.Join(", ", (string[])[Embedding, Norm, .. s_mixer, .. s_feedForward, FinalNorm])}"),
            };
            yield return (profile.Dense[name], calls);
        }

        foreach (string name in (string[])["qkv_proj", "o_proj", .. denseLayers > 0 ? ["gate_up_proj", "down_proj"] : Array.Empty<string>()])
        {
            if (!profile.Dense.ContainsKey(name))
            {
                throw new LayerProfileException("dense.csv", 0, $"the layer {name} is missing");
            }
        }
    }
}
