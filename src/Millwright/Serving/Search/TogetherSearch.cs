namespace Millwright.Serving.Search;

/// <summary>
/// All layouts, precisions, token budgets and batches of replicas that prefill and decode together. In two passes, so that the answer and its counts do
/// not depend on threads: the first finds for each candidate the largest batch within memory and limits; from all of them a front is made; the second looks
/// between the batches of the first, and leaves out what the front is proved to beat.
/// </summary>
/// <remarks>
/// Batches up to <see cref="BatchOptions.EachUpTo"/> are all timed. Beyond them the proof stands on two premises, which a property test holds the step model
/// to: of two batches of one candidate the larger takes no less time and no less energy for a step (a ripple of <see cref="Ripple"/> is allowed for). Then every batch between b1 and b2 is at most as fast for a user as b1, makes
/// at most b2 tokens in the step time of b1, and takes at least the energy of b1 for it; and when b1 breaks a limit on latency, so does each larger one.
/// </remarks>
internal sealed class TogetherSearch
{
    /// <summary>Ripple of interpolated step times that the proof allows for, relative.</summary>
    public const double Ripple = 0.02;

    private const int MostOptions = 96;

    private readonly SearchRequest _request;
    private readonly SearchGoal _goal;
    private readonly int _threads;
    private readonly List<TogetherCandidate> _candidates = [];
    private readonly int[] _options;
    private readonly long _deployments;

    public TogetherSearch(CompiledDeployments compiled, SearchRequest request, SearchGoal goal, int threads)
    {
        _request = request;
        _goal = goal;
        _threads = threads;
        SearchSpace space = request.Space;
        IReadOnlyList<int> budgets = space.TokenBudgets;
        foreach (CompiledDeployment deployment in compiled.Fitting)
        {
            if (deployment.Layout.ContextWays > 1 || deployment.Layout.Chips > goal.ChipsAtHand)
            {
                continue;
            }

            foreach (int budget in budgets)
            {
                _candidates.Add(new TogetherCandidate(compiled.Chip, deployment, budget, request.Lengths, request.Speculation));
            }
        }

        _deployments = (long)compiled.Layouts.Count(static l => l.ContextWays == 1) * compiled.Precisions.Count;
        _options = BatchOptions.UpTo(compiled.Chip.SettingsOf(1, budgets[0]).MaxSequences, space.BatchesPerOctave);
        if (_options.Length > MostOptions)
        {
            throw new ArgumentException($"at most {MostOptions} batches can be tried, found {_options.Length}", nameof(request));
        }
    }

    public IReadOnlyList<TogetherCandidate> Candidates => _candidates;

    public IReadOnlyList<int> Options => _options;

    public ParetoFront Front { get; } = new();

    /// <summary>Best spot of each candidate within both limits; null where it has none.</summary>
    public Spot?[] BestOfCandidate { get; private set; } = [];

    /// <summary>The most frugal spot within both limits, or null.</summary>
    public Spot? MostFrugal { get; private set; }

    /// <summary>Smallest batch of each candidate: the nearest to limits that nothing meets; null where not even that is held.</summary>
    public Spot?[] LeastOfCandidate { get; private set; } = [];

    public SearchCounts Counts { get; private set; }

    public void Run()
    {
        int n = _candidates.Count;
        Scan[] scans = new Scan[n];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = _threads };
        Parallel.For(0, n, parallel, i => scans[i] = FirstPass(i));

        ParetoFront found = new();
        Spot? frugal = null;
        double leastChips = double.PositiveInfinity;
        foreach (Scan scan in scans)
        {
            foreach (ReplicaLoad load in scan.Loads)
            {
                if (load.Holds && load.FirstTokenSeconds <= _request.TimeToFirstTokenLimitSeconds)
                {
                    Spot spot = SpotOf(scan.Candidate, load);
                    found.Add(spot);
                    if (Meets(load))
                    {
                        frugal = MoreFrugal(frugal, spot);
                        leastChips = Math.Min(leastChips, _goal.ChipsPaid(spot.Chips, spot.RequestsPerSecond));
                    }
                }
            }
        }

        Bounds bounds = new(found, frugal?.JoulesPerToken ?? double.PositiveInfinity, leastChips);
        Second[] seconds = new Second[n];
        Parallel.For(0, n, parallel, i => seconds[i] = SecondPass(scans[i], bounds));

        BestOfCandidate = new Spot?[n];
        LeastOfCandidate = new Spot?[n];
        SearchCounts counts = new((_deployments - n / _request.Space.TokenBudgets.Count) * _request.Space.TokenBudgets.Count * _options.Length, 0, 0, 0, 0, 0);
        counts = counts with { RejectedByMemory = counts.Settings };
        for (int i = 0; i < n; i++)
        {
            Second second = seconds[i];
            foreach (Spot spot in second.Front)
            {
                Front.Add(spot);
            }

            BestOfCandidate[i] = second.Best;
            LeastOfCandidate[i] = second.Least;
            MostFrugal = second.Frugal is { } own ? MoreFrugal(MostFrugal, own) : MostFrugal;
            counts += second.Counts;
        }

        Counts = counts;
    }

    /// <summary>True when a spot is the better answer: more output for a chip, or fewer chips for the rate.</summary>
    public static bool IsBetter(SearchGoal goal, in Spot a, in Spot b)
    {
        if (goal.RequestsPerSecond is not null)
        {
            double chipsA = goal.ChipsPaid(a.Chips, a.RequestsPerSecond);
            double chipsB = goal.ChipsPaid(b.Chips, b.RequestsPerSecond);
            if (chipsA != chipsB)
            {
                return chipsA < chipsB;
            }
        }

        return a.PerChip != b.PerChip ? a.PerChip > b.PerChip : a.PerUser != b.PerUser ? a.PerUser > b.PerUser : Spot.Order(a, b) < 0;
    }

    /// <summary>The spot with less energy for a token; not a number counts as more.</summary>
    public static Spot? MoreFrugal(Spot? best, in Spot spot)
    {
        if (double.IsNaN(spot.JoulesPerToken))
        {
            return best;
        }

        return best is not { } b || spot.JoulesPerToken < b.JoulesPerToken || (spot.JoulesPerToken == b.JoulesPerToken && Spot.Order(spot, b) < 0) ? spot : best;
    }

    private Spot SpotOf(int candidate, in ReplicaLoad load)
    {
        int chips = _candidates[candidate].Layout.Chips;
        return new Spot(
            PoolKind.Together, candidate, 0, 0, 1, chips, load.Batch, load.TokenSeconds, load.FirstTokenSeconds, load.RequestsPerSecond,
            _goal.OutputPerChipAtFullLoad(chips, load.RequestsPerSecond), load.JoulesPerToken);
    }

    private bool Meets(in ReplicaLoad load) =>
        load.Holds && load.TokenSeconds <= _request.TimePerOutputTokenLimitSeconds && load.FirstTokenSeconds <= _request.TimeToFirstTokenLimitSeconds;

    // the least batch, the largest that is held within the time to first token, and the largest within the time per output token
    private Scan FirstPass(int index)
    {
        TogetherCandidate candidate = _candidates[index];
        Span<ReplicaLoad> loads = stackalloc ReplicaLoad[MostOptions];
        Span<bool> seen = stackalloc bool[MostOptions];
        seen.Clear();
        int unit = candidate.Unit;
        double most = Math.Min(candidate.MostByMemory, candidate.MostByEngine);
        int cap = 0;
        while (cap < _options.Length && (double)_options[cap] * unit <= most)
        {
            cap++;
        }

        if (cap == 0)
        {
            return new Scan(index, 0, -1, [], []);
        }

        // kernels for few rows take over from one another here: none is inferred from another
        for (int k = 0; k < Math.Min(BatchOptions.EachUpTo, cap); k++)
        {
            Passes(candidate, loads, seen, k, false);
        }

        int held = Largest(candidate, loads, seen, cap - 1, false);
        if (held >= 0)
        {
            Largest(candidate, loads, seen, held, true);
        }

        int count = 0;
        for (int k = 0; k < cap; k++)
        {
            count += seen[k] ? 1 : 0;
        }

        int[] places = new int[count];
        ReplicaLoad[] kept = new ReplicaLoad[count];
        for (int k = 0, at = 0; k < cap; k++)
        {
            if (seen[k])
            {
                places[at] = k;
                kept[at++] = loads[k];
            }
        }

        return new Scan(index, cap, held, places, kept);
    }

    // the largest option up to a last one that passes; -1 when none does
    private int Largest(TogetherCandidate candidate, Span<ReplicaLoad> loads, Span<bool> seen, int last, bool withTokenLimit)
    {
        if (Passes(candidate, loads, seen, last, withTokenLimit))
        {
            return last;
        }

        int low = Math.Min(BatchOptions.EachUpTo - 1, last);
        if (low == last || !Passes(candidate, loads, seen, low, withTokenLimit))
        {
            while (low >= 0 && !Passes(candidate, loads, seen, low, withTokenLimit))
            {
                low--;
            }

            return low;
        }

        int high = last;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = Passes(candidate, loads, seen, middle, withTokenLimit) ? (middle, high) : (low, middle);
        }

        return low;
    }

    private bool Passes(TogetherCandidate candidate, Span<ReplicaLoad> loads, Span<bool> seen, int option, bool withTokenLimit)
    {
        if (!seen[option])
        {
            loads[option] = candidate.At((double)_options[option] * candidate.Unit);
            seen[option] = true;
        }

        ref ReplicaLoad load = ref loads[option];
        return withTokenLimit ? Meets(load) : load.Holds && load.FirstTokenSeconds <= _request.TimeToFirstTokenLimitSeconds;
    }

    private Second SecondPass(in Scan scan, Bounds bounds)
    {
        TogetherCandidate candidate = _candidates[scan.Candidate];
        long options = _options.Length;
        Work work = new(scan.Candidate, candidate);
        if (scan.Cap == 0)
        {
            return new Second([], null, null, null, new SearchCounts(options, 0, options, 0, 0, 0));
        }

        for (int i = 0; i < scan.Places.Length; i++)
        {
            Take(work, scan.Loads[i]);
            if (i + 1 < scan.Places.Length)
            {
                Between(work, bounds, scan.Places[i], scan.Loads[i], scan.Places[i + 1], scan.Held);
            }
        }

        if (!_request.Space.Prunes && scan.Places[^1] < scan.Cap - 1)
        {
            Between(work, bounds, scan.Places[^1], scan.Loads[^1], scan.Cap, scan.Held);
        }

        Edges(work, bounds, scan);
        long visited = scan.Places.Length + work.Visited;
        Spot? least = null;
        for (int i = 0; i < Math.Min(BatchOptions.EachUpTo, scan.Loads.Length); i++)
        {
            if (scan.Loads[i].Holds && (least is not { } known || scan.Loads[i].TokenSeconds < known.TokenSeconds))
            {
                least = SpotOf(scan.Candidate, scan.Loads[i]);
            }
        }

        return new Second(
            work.Front,
            work.Best,
            work.Frugal,
            least,
            new SearchCounts(options, visited, options - scan.Cap, scan.Cap - visited, work.Boundary, 0));
    }

    // options strictly between two that were timed
    private void Between(Work work, Bounds bounds, int low, in ReplicaLoad atLow, int high, int held)
    {
        // beyond the largest that is held in time nothing passes
        int end = _request.Space.Prunes ? Math.Min(high, held + 1) : high;
        if (end - low <= 1 || CannotMatter(work, bounds, atLow, _options[end - 1] * work.Candidate.Unit))
        {
            return;
        }

        int middle = (low + end) / 2;
        ReplicaLoad load = work.Candidate.At((double)_options[middle] * work.Candidate.Unit);
        work.Visited++;
        Take(work, load);
        Between(work, bounds, low, atLow, middle, held);
        Between(work, bounds, middle, load, end, held);
    }

    // the exact largest batches: within memory and the time to first token, and within the time per output token
    private void Edges(Work work, Bounds bounds, in Scan scan)
    {
        int lastMeeting = -1;
        for (int i = 0; i < scan.Places.Length; i++)
        {
            if (scan.Places[i] == scan.Held)
            {
                Edge(work, bounds, scan.Loads[i], scan.Places[i], false);
            }

            lastMeeting = Meets(scan.Loads[i]) ? i : lastMeeting;
        }

        if (lastMeeting >= 0 && scan.Places[lastMeeting] != scan.Held)
        {
            Edge(work, bounds, scan.Loads[lastMeeting], scan.Places[lastMeeting], true);
        }
    }

    private void Edge(Work work, Bounds bounds, in ReplicaLoad passing, int option, bool withTokenLimit)
    {
        int unit = work.Candidate.Unit;
        int low = _options[option];
        int high = option + 1 < _options.Length ? _options[option + 1] : _options[option];
        if (high - low <= 1 || CannotMatter(work, bounds, passing, (high - 1) * unit))
        {
            return;
        }

        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            ReplicaLoad load = work.Candidate.At((double)middle * unit);
            work.Boundary++;
            Take(work, load);
            bool passes = withTokenLimit ? Meets(load) : load.Holds && load.FirstTokenSeconds <= _request.TimeToFirstTokenLimitSeconds;
            (low, high) = passes ? (middle, high) : (low, middle);
        }
    }

    private bool CannotMatter(Work work, Bounds bounds, in ReplicaLoad smaller, double largestBatch)
    {
        if (!_request.Space.Prunes)
        {
            return false;
        }

        double perUser = (1 + Ripple) / smaller.TokenSeconds;
        double growth = largestBatch / smaller.Batch * (1 + Ripple);
        double requests = smaller.RequestsPerSecond * growth;
        int chips = work.Candidate.Layout.Chips;
        if (!bounds.Front.Beats(perUser, _goal.OutputPerChipAtFullLoad(chips, requests)))
        {
            return false;
        }

        // what breaks a limit can only stand on the front
        if (smaller.TokenSeconds > _request.TimePerOutputTokenLimitSeconds * (1 + Ripple))
        {
            return true;
        }

        bool moreFrugal = smaller.JoulesPerToken / growth < bounds.JoulesPerToken;
        bool fewerChips = _goal.RequestsPerSecond is not null && _goal.ChipsPaid(chips, requests) <= bounds.Chips;
        return !moreFrugal && !fewerChips;
    }

    private void Take(Work work, in ReplicaLoad load)
    {
        if (!load.Holds || load.FirstTokenSeconds > _request.TimeToFirstTokenLimitSeconds)
        {
            return;
        }

        Spot spot = SpotOf(work.Index, load);
        work.Front.Add(spot);
        if (Meets(load))
        {
            work.Best = work.Best is { } best && !IsBetter(_goal, spot, best) ? best : spot;
            work.Frugal = MoreFrugal(work.Frugal, spot);
        }
    }

    private readonly record struct Scan(int Candidate, int Cap, int Held, int[] Places, ReplicaLoad[] Loads);

    private readonly record struct Second(IReadOnlyList<Spot> Front, Spot? Best, Spot? Frugal, Spot? Least, SearchCounts Counts);

    private readonly record struct Bounds(ParetoFront Front, double JoulesPerToken, double Chips);

    private sealed class Work(int index, TogetherCandidate candidate)
    {
        public int Index => index;

        public TogetherCandidate Candidate => candidate;

        public ParetoFront Front { get; } = new();

        public Spot? Best { get; set; }

        public Spot? Frugal { get; set; }

        public long Visited { get; set; }

        public long Boundary { get; set; }
    }
}
