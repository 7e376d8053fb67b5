using Millwright.Applications;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>
/// Decode replicas of one precision whose attention and feed-forward run on chips of their own: every legal TP, EP and ways of the feed-forward over at
/// most so many chips, ranks of attention in steps, every number of micro-batches, every batch.
/// </summary>
internal sealed class SplitWorkers
{
    private readonly SearchChip _chip;
    private readonly SearchRequest _request;
    private readonly List<StepModel> _ranks;
    private readonly List<(StepModel Step, int ExpertWays, int Ways)> _feedForwards;
    private readonly int _mostChips;

    public SplitWorkers(CompiledDeployments compiled, SearchRequest request, int mostChips, PrecisionPlan precision)
    {
        _chip = compiled.Chip;
        _request = request;
        _mostChips = request.Space.AcrossDomains ? mostChips : Math.Min(mostChips, _chip.Peaks.ScaleUpDomain);
        ModelArchitecture model = compiled.Model;
        int draft = request.Speculation?.DraftTokens ?? 0;
        Deployment whole = new(model, _chip.System, new ParallelLayout(), precision, _chip.SettingsOf(1, request.Space.TokenBudgets[0])) { RoutingSkew = request.RoutingSkew };
        List<SplitLayout> options = OptionsOf(model, _mostChips);
        Layouts = [.. options.SelectMany(option => RanksOf(option), static (option, ranks) => option with { AttentionRanks = ranks })
            .SelectMany(_ => request.Space.MicroBatches, static (layout, micro) => layout with { MicroBatches = micro })];
        _ranks = [];
        foreach (int ways in options.Select(static o => o.TensorWays).Distinct())
        {
            Deployment rank = SplitStepModel.RankOf(whole with { Engine = _chip.SettingsOf(ways, request.Space.TokenBudgets[0]) }, ways);
            if (MemoryPlanner.Plan(rank, _chip.Peaks).Fits)
            {
                _ranks.Add(_chip.Compile(rank, draft, compiled.Curves));
            }
        }

        _feedForwards = [];
        foreach ((int expertWays, int ways) in options.Select(static o => (o.ExpertWays, o.FeedForwardWays)).Distinct())
        {
            SplitLayout layout = new(1, 1, expertWays, ways, 1);
            Deployment feedForward = SplitStepModel.FeedForwardOf(whole with { Engine = _chip.SettingsOf(ways, request.Space.TokenBudgets[0]) }, layout.FeedForward);
            if (MemoryPlanner.Plan(feedForward, _chip.Peaks).Fits)
            {
                _feedForwards.Add((_chip.Compile(feedForward, draft, compiled.Curves), expertWays, ways));
            }
        }
    }

    /// <summary>All splits, whether they fit or not.</summary>
    public IReadOnlyList<SplitLayout> Layouts { get; }

    /// <summary>Those that hold their batch.</summary>
    public List<DecodeWorker> Workers { get; } = [];

    /// <summary>Splits x batches.</summary>
    public long Settings { get; private set; }

    /// <summary>Settings that were timed.</summary>
    public long Visited { get; private set; }

    /// <summary>Splits over at most so many chips that can cut a model: one for each TP, EP and ways of the feed-forward, with one rank and micro-batch.</summary>
    public static List<SplitLayout> OptionsOf(ModelArchitecture model, int mostChips)
    {
        List<SplitLayout> options = [];
        foreach (int tensor in Legal(static n => new SplitLayout(n, 1, 1, 1, 1)))
        {
            foreach (int experts in Legal(static n => new SplitLayout(1, 1, n, 1, 1)))
            {
                options.AddRange(Legal(static n => new SplitLayout(1, 1, 1, n, 1))
                    .Where(ways => tensor + experts * ways <= mostChips)
                    .Select(ways => new SplitLayout(tensor, 1, experts, ways, 1)));
            }
        }

        return options;

        // what divides one dimension does not hang on the others
        int[] Legal(Func<int, SplitLayout> of) => [.. Enumerable.Range(1, Math.Max(0, mostChips - 1)).Where(n => of(n).Fault(model).Length == 0)];
    }

    /// <summary>Times every split at every batch.</summary>
    /// <param name="sequences">Sequences of one micro-batch on one rank, to choose from, ascending.</param>
    public void Run(int[] sequences)
    {
        Settings = (long)Layouts.Count * sequences.Length;
        double turns = Math.Max(1, _request.Lengths.MeanOutputTokens - 1) / (1 + (_request.Speculation?.AcceptedTokens ?? 0));
        double tokensAfterFirst = Math.Max(1, _request.Lengths.MeanOutputTokens - 1);
        double context = _request.Lengths.DecodeContextTokens;
        int[] micros = [.. _request.Space.MicroBatches];
        foreach (StepModel rank in _ranks)
        {
            double most = Math.Min(rank.Memory.CachePoolBytes / rank.SequenceBytes(_request.Lengths.HeldTokens(rank.Deployment.Engine.NoEvict)), rank.Deployment.Engine.MaxSequences);
            int held = sequences.TakeWhile(option => option <= most).Count();
            CompiledDeployment attention = new(rank);
            StepTimes[] attentions = new StepTimes[held];
            foreach ((StepModel feedForward, int expertWays, int ways) in _feedForwards)
            {
                SplitLayout one = new(rank.Deployment.Layout.TensorWays, 1, expertWays, ways, 1);
                foreach (int ranks in RanksOf(one))
                {
                    SplitStepModel[] steps = [.. micros.Select(micro => _chip.Join(one with { AttentionRanks = ranks, MicroBatches = micro }, rank, feedForward))];
                    if (!steps[0].IsJoined)
                    {
                        break;
                    }

                    for (int k = 0; k < held; k++)
                    {
                        int option = sequences[k];
                        if (attentions[k] == default)
                        {
                            attentions[k] = steps[0].AttentionTime(option, context);
                        }

                        // a micro-batch takes as long, however many of them there are
                        SplitTimes alone = steps[0].Time(option * ranks, option, attentions[k]);
                        foreach (SplitStepModel step in steps)
                        {
                            int micro = step.Layout.MicroBatches;
                            if ((double)option * micro > most)
                            {
                                break;
                            }

                            Visited++;
                            SplitTimes times = alone.With(micro, rank.Factors, option);
                            double batch = (double)option * micro * ranks;
                            double decoding = turns * times.TotalSeconds;
                            double rate = batch / decoding;
                            Workers.Add(new DecodeWorker(attention, batch, decoding / tokensAfterFirst, rate, Joules(step, option, context, times) / (rate * times.TotalSeconds)) { Split = step });
                        }
                    }
                }
            }
        }
    }

    /// <summary>Chip time of a token by what it is spent on, waiting left out.</summary>
    /// <param name="step">The replica.</param>
    /// <param name="batch">Its batch.</param>
    /// <param name="lengths">Request lengths.</param>
    /// <param name="tokensPerSecond">Output tokens of the replica, with the first token of each request.</param>
    public static TokenChipTime ChipTime(SplitStepModel step, double batch, RequestLengths lengths, double tokensPerSecond)
    {
        SplitTimes times = step.Time(batch, batch * lengths.DecodeContextTokens);
        double turns = step.Layout.MicroBatches / (tokensPerSecond * times.TotalSeconds);
        double host = step.Layout.Chips / (tokensPerSecond * times.TotalSeconds);
        return TokenChipTime.Of(times.Attention, step.Layout.AttentionChips * turns)
            .Plus(TokenChipTime.Of(times.FeedForward, step.Layout.FeedForwardChips * turns))
            .Plus(new TokenChipTime(times.HostSeconds * host, 0, 0, 0, 0, 0));
    }

    // each kind of chip draws what its part of the work takes over the time of a micro-batch, and never less than the idle floor
    private double Joules(SplitStepModel step, double sequencesOfRank, double context, in SplitTimes times)
    {
        double turn = times.TotalSeconds / times.MicroBatches;
        double attention = step.Rank.MeanWatts(_chip.Clock, new StepShape(sequencesOfRank, sequencesOfRank * context), turn, _chip.PowerCap);
        double feedForward = step.FeedForward.MeanWatts(_chip.Clock, new StepShape(sequencesOfRank * step.Layout.AttentionRanks, 0), turn, _chip.PowerCap);
        return times.TotalSeconds * (step.Layout.AttentionChips * attention + step.Layout.FeedForwardChips * feedForward);
    }

    // each number up to 8 and the largest, between them as many to the octave as batches
    private int[] RanksOf(SplitLayout one) => BatchOptions.UpTo((_mostChips - one.FeedForwardChips) / one.TensorWays, _request.Space.BatchesPerOctave);
}
