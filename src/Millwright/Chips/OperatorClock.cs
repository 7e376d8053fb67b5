using Millwright.Catalog;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>
/// Times operators on one chip under one engine: ideal times by the chip's own peaks, times measured factors of the chip or of what stands in for it
/// (another engine on the chip, the nearest measured system, a wider precision). Immutable; safe to share between threads.
/// </summary>
/// <example>
/// <code>
/// var clock = OperatorClock.Create(catalog.FindSystem("gb200-nvl72")!, EngineFamily.Sglang, ShippedOperators.Load(), out var reason);
/// var qkv = clock!.Gemm(OperandPrecision.Fp8Block).Slice(columns: 10240, inner: 8192);
/// var seconds = qkv.Seconds(rows: 64);
/// </code>
/// </example>
public sealed class OperatorClock
{
    // Added to the error band where a chip borrows the factors of another of the same maker, and of another maker. Assumptions: the step between H100
    // and B200 is of the first size, and another maker's is taken as twice that.
    private const double SameMakerError = 0.15;
    private const double OtherMakerError = 0.30;

    /// <summary>Name of the operator grid of matrix products: (log2 rows, log2 columns, log2 inner).</summary>
    public const string GemmOperator = "gemm";

    /// <summary>Name of the operator grid of quantisation: (log2 rows, log2 columns).</summary>
    public const string QuantiseOperator = "quantise";

    /// <summary>Name of the operator grid of the engines' own all-reduce inside a domain, in graph mode: (log2 bytes, log2 chips).</summary>
    public const string AllReduceOperator = "all-reduce";

    /// <summary>Name of the operator grid of NCCL's all-reduce.</summary>
    public const string LibraryAllReduceOperator = "nccl-all-reduce";

    /// <summary>Name of the operator grid of NCCL's all-gather.</summary>
    public const string AllGatherOperator = "nccl-all-gather";

    /// <summary>Name of the operator grid of NCCL's reduce-scatter.</summary>
    public const string ReduceScatterOperator = "nccl-reduce-scatter";

    /// <summary>Name of the operator grid of NCCL's all-to-all.</summary>
    public const string AllToAllOperator = "nccl-all-to-all";

    /// <summary>Name of the grid of power during matrix products.</summary>
    public const string GemmPowerOperator = "power-gemm";

    /// <summary>Name of the grid of power during grouped products of experts.</summary>
    public const string ExpertGemmPowerOperator = "power-expert-gemm";

    /// <summary>Name of the grid of power during attention of decoding sequences.</summary>
    public const string DecodeAttentionPowerOperator = "power-decode-attention";

    /// <summary>Name of the grid of power during attention among prompt tokens.</summary>
    public const string PrefillAttentionPowerOperator = "power-prefill-attention";

    private const int Precisions = (int)OperandPrecision.Int4 + 1;

    private readonly GemmTimes[] _gemm = new GemmTimes[Precisions];
    private readonly OperatorGrid? _quantise;
    private readonly double _quantiseLaunch;
    private readonly double _streamFactor;
    private readonly CollectiveTimes? _allReduce;
    private readonly CollectiveTimes? _libraryAllReduce;
    private readonly CollectiveTimes? _allGather;
    private readonly CollectiveTimes? _reduceScatter;
    private readonly CollectiveTimes? _allToAll;
    private readonly BoardPower _power;

    private OperatorClock(SystemRecord system, EngineFamily engine, ChipPeaks peaks, OperatorShelf shelf, NearestMeasuredSystem lender)
    {
        System = system;
        Engine = engine;
        Peaks = peaks;
        Shelf = shelf;
        Lender = lender;
        for (int i = 0; i < Precisions; i++)
        {
            OperandPrecision precision = (OperandPrecision)i;
            _gemm[i] = new GemmTimes(FindGemm(shelf, peaks, precision), peaks, precision);
        }

        _streamFactor = _gemm[(int)OperandPrecision.Bf16].StreamFactor();
        _quantise = shelf.Find(QuantiseOperator, OperandPrecision.Fp8);
        if (_quantise is { } grid)
        {
            double elements = Math.Pow(2, grid.LogFactor.Axes[0][0] + grid.LogFactor.Axes[1][0]);
            double ideal = elements * QuantiseBytes(grid.Precision) / grid.BytesPerSecond;
            _quantiseLaunch = ideal * Math.Pow(2, grid.LogFactor.At(grid.LogFactor.Axes[0][0], grid.LogFactor.Axes[1][0]));
        }

        _allReduce = Collective(AllReduceOperator);
        _libraryAllReduce = Collective(LibraryAllReduceOperator);
        _allGather = Collective(AllGatherOperator);
        _reduceScatter = Collective(ReduceScatterOperator);
        _allToAll = Collective(AllToAllOperator);
        _power = new BoardPower(shelf, peaks.RatedWatts);
    }

    /// <summary>The system.</summary>
    public SystemRecord System { get; }

    /// <summary>The engine whose kernels are looked up first.</summary>
    public EngineFamily Engine { get; }

    /// <summary>Peaks of one chip.</summary>
    public ChipPeaks Peaks { get; }

    /// <summary>The measured system whose factors are used.</summary>
    public NearestMeasuredSystem Lender { get; }

    /// <summary>Added to a one-sided relative error because the factors are borrowed, as a fraction; 0 for a measured chip.</summary>
    public double BorrowedError => Lender.Distance switch
    {
        CurveDistance.Measured => 0,
        CurveDistance.SameMaker => SameMakerError,
        _ => OtherMakerError,
    };

    /// <summary>Finds grids, for classes that time other operators of the same chip.</summary>
    internal OperatorShelf Shelf { get; }

    /// <summary>Makes the clock of a system.</summary>
    /// <param name="system">The system.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="library">Measured operator grids.</param>
    /// <param name="reason">Why there is none, in words; empty on success.</param>
    /// <returns>The clock, or null when the data sheet lacks what a time needs or the library holds no matrix product of a stand-in.</returns>
    /// <exception cref="InvalidDataException">A grid has other axes than its operator.</exception>
    public static OperatorClock? Create(SystemRecord system, EngineFamily engine, OperatorLibrary library, out string reason)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(library);
        if (ChipPeaks.TryRead(system, out reason) is not { } peaks)
        {
            return null;
        }

        NearestMeasuredSystem lender = NearestMeasuredSystem.Of(system);
        OperatorShelf shelf = new(lender, engine, library);
        if (shelf.Find(GemmOperator, OperandPrecision.Bf16) is null)
        {
            reason = $"{system.Name}: no matrix products of {lender.SystemId} or of what stands in for it are at hand";
            return null;
        }

        return new OperatorClock(system, engine, peaks, shelf, lender);
    }

    /// <summary>Times of matrix products.</summary>
    /// <param name="precision">Precision of the operands; where the chip or the measurements lack it, the next wider multiplies weights that stay
    /// stored as narrow as they are. Fp8 is with one scale for a tensor found at run time: its times hold the quantisation of the activations.</param>
    /// <returns>The times.</returns>
    public GemmTimes Gemm(OperandPrecision precision) => _gemm[(int)precision];

    /// <summary>Time of elementwise work under graph replay: the shortest measured kernel, and the bytes at the best measured streaming rate.</summary>
    /// <param name="bytes">Bytes read and written on this chip.</param>
    /// <returns>Time of one call.</returns>
    public CallTime Elementwise(double bytes) =>
        new(_gemm[(int)OperandPrecision.Bf16].LaunchSeconds, 0, bytes / Peaks.MemoryBytesPerSecond * _streamFactor);

    /// <summary>Time of a separate kernel that quantises 16-bit activations with scales found at run time.</summary>
    /// <param name="rows">Rows (tokens), above 0.</param>
    /// <param name="columns">Values in a row, above 0.</param>
    /// <param name="precision">Precision after it.</param>
    /// <returns>Time of one call; without a measurement, that of elementwise work. Precisions that keep 16-bit activations take none.</returns>
    public CallTime Quantise(double rows, double columns, OperandPrecision precision)
    {
        if (precision is OperandPrecision.Bf16 or OperandPrecision.Mxfp4 or OperandPrecision.Int8 or OperandPrecision.Int4)
        {
            return default;
        }

        double bytes = rows * columns * QuantiseBytes(precision);
        if (_quantise is not { } grid)
        {
            return Elementwise(bytes);
        }

        double elements = Math.Max(rows, Math.Pow(2, grid.LogFactor.Axes[0][0])) * Math.Max(columns, Math.Pow(2, grid.LogFactor.Axes[1][0]));
        double work = BorrowedTime.Work(
            grid.LogFactor.At(Math.Log2(rows), Math.Log2(columns)),
            elements * QuantiseBytes(grid.Precision) / grid.BytesPerSecond,
            elements * QuantiseBytes(precision) / Peaks.MemoryBytesPerSecond,
            _quantiseLaunch,
            out double floor);
        return new CallTime(floor, 0, work);
    }

    /// <summary>Time of an all-reduce: inside a domain the quicker of the engine's own kernel and NCCL; across domains a reduce-scatter inside, an
    /// all-reduce of the parts across the network, an all-gather inside.</summary>
    /// <param name="messageBytes">Bytes that each chip holds.</param>
    /// <param name="chips">Chips.</param>
    /// <param name="chipsPerDomain">Chips of the group in one scale-up domain; 0 for as many as a domain has.</param>
    /// <param name="inSwitch">True where the switches of the network can add (SHARP).</param>
    /// <returns>Time of one call; endless where no link is published.</returns>
    public CallTime AllReduce(double messageBytes, int chips, int chipsPerDomain = 0, bool inSwitch = false)
    {
        (int inside, int domains) = Divide(chips, chipsPerDomain);
        if (domains == 1)
        {
            return inside == 1 ? default : Quicker(_allReduce, _libraryAllReduce, messageBytes, inside);
        }

        CallTime network = NetworkTimes.AllReduce(messageBytes / inside, domains, Peaks.ScaleOutBytesPerSecond, inSwitch);
        return inside == 1
            ? network
            : Inside(_reduceScatter, messageBytes, inside) + network + Inside(_allGather, messageBytes, inside);
    }

    /// <summary>Time of an all-gather.</summary>
    /// <param name="gatheredBytes">Bytes that each chip holds at the end.</param>
    /// <param name="chips">Chips.</param>
    /// <param name="chipsPerDomain">Chips of the group in one scale-up domain; 0 for as many as a domain has.</param>
    /// <returns>Time of one call; endless where no link is published.</returns>
    public CallTime AllGather(double gatheredBytes, int chips, int chipsPerDomain = 0) => Gather(_allGather, gatheredBytes, chips, chipsPerDomain);

    /// <summary>Time of a reduce-scatter.</summary>
    /// <param name="heldBytes">Bytes that each chip holds at the start.</param>
    /// <param name="chips">Chips.</param>
    /// <param name="chipsPerDomain">Chips of the group in one scale-up domain; 0 for as many as a domain has.</param>
    /// <returns>Time of one call; endless where no link is published.</returns>
    public CallTime ReduceScatter(double heldBytes, int chips, int chipsPerDomain = 0) => Gather(_reduceScatter, heldBytes, chips, chipsPerDomain);

    /// <summary>Time of an all-to-all by NCCL, in which each chip sends an equal part to each.</summary>
    /// <param name="bytesPerChip">Bytes that one chip holds, its own part included.</param>
    /// <param name="chips">Chips.</param>
    /// <param name="chipsPerDomain">Chips of the group in one scale-up domain; 0 for as many as a domain has.</param>
    /// <returns>Time of one call: inside and across at the same time, so that the longer counts; endless where no link is published.</returns>
    public CallTime AllToAll(double bytesPerChip, int chips, int chipsPerDomain = 0)
    {
        (int inside, int domains) = Divide(chips, chipsPerDomain);
        CallTime within = inside == 1 ? default : Inside(_allToAll, bytesPerChip * inside / Math.Max(1, chips), inside);
        if (domains == 1)
        {
            return within;
        }

        CallTime across = NetworkTimes.AllToAll(bytesPerChip, domains, Peaks.ScaleOutBytesPerSecond);
        return across.TotalSeconds >= within.TotalSeconds ? across : within;
    }

    /// <summary>Mean board power of a chip during a kernel.</summary>
    /// <param name="kind">What the kernel does.</param>
    /// <param name="precision">Precision of its operands, or of the cache.</param>
    /// <param name="computeShare">FLOPs over the peak and the time, 0 to 1; attention against the 16-bit peak.</param>
    /// <param name="memoryShare">Bytes over the bandwidth and the time, 0 to 1.</param>
    /// <param name="callSeconds">Time of one call, s.</param>
    /// <param name="capShare">Cap over the rated power, above the idle share and at most 1: peaks are then those of the lowered clock, and what multiplying
    /// draws goes with its third power (f V^2, V in proportion to f; an assumption).</param>
    /// <returns>Power, W: never below the idle floor nor above the rated power or the cap; not a number without a rated power.</returns>
    public double BoardWatts(
        OperatorKind kind, OperandPrecision precision, double computeShare, double memoryShare, double callSeconds, double capShare = 1) =>
        _power.CappedWatts(kind, precision, computeShare, memoryShare, callSeconds, capShare);

    /// <summary>Power of a chip that waits, W.</summary>
    public double IdleWatts => _power.IdleWatts;

    /// <summary>Bytes that quantising one 16-bit value moves: it is read and written.</summary>
    /// <param name="precision">Precision after it.</param>
    /// <returns>Bytes.</returns>
    public static double QuantiseBytes(OperandPrecision precision) => 2 + OperandFormat.Bytes(precision);

    // weights narrower than what is multiplied come from the grid of the wider product, unless they were measured themselves
    private static OperatorGrid FindGemm(OperatorShelf shelf, ChipPeaks peaks, OperandPrecision precision)
    {
        OperandPrecision multiplied = peaks.Multiplies(precision);
        bool weightOnly = precision is OperandPrecision.Mxfp4 or OperandPrecision.Int8 or OperandPrecision.Int4;
        return (weightOnly ? shelf.FindExact(GemmOperator, precision) : null)
            ?? shelf.Find(GemmOperator, multiplied)!;
    }

    private CollectiveTimes? Collective(string operatorName) =>
        Peaks.ScaleUpBytesPerSecond > 0 && Shelf.Find(operatorName, OperandPrecision.Bf16) is { } grid
            ? new CollectiveTimes(grid, Peaks.ScaleUpBytesPerSecond)
            : null;

    private (int Inside, int Domains) Divide(int chips, int chipsPerDomain)
    {
        int most = Peaks.ScaleUpBytesPerSecond > 0 ? Peaks.ScaleUpDomain : 1;
        int inside = Math.Clamp(chipsPerDomain > 0 ? chipsPerDomain : chips, 1, Math.Max(1, Math.Min(most, chips)));
        return (inside, (chips + inside - 1) / inside);
    }

    private CallTime Gather(CollectiveTimes? times, double bytes, int chips, int chipsPerDomain)
    {
        (int inside, int domains) = Divide(chips, chipsPerDomain);
        CallTime within = inside == 1 ? default : Inside(times, bytes, inside);
        return domains == 1 ? within : within + NetworkTimes.Gather(bytes / inside, domains, Peaks.ScaleOutBytesPerSecond);
    }

    private CallTime Quicker(CollectiveTimes? a, CollectiveTimes? b, double bytes, int chips)
    {
        CallTime first = Inside(a, bytes, chips);
        CallTime second = b is null ? first : b.At(bytes, chips);
        return first.TotalSeconds <= second.TotalSeconds ? first : second;
    }

    // without any measurement: the network's ring at the speed of the link
    private CallTime Inside(CollectiveTimes? times, double bytes, int chips) =>
        times?.At(bytes, chips) ?? NetworkTimes.AllReduce(bytes, chips, Peaks.ScaleUpBytesPerSecond, inSwitch: false);
}
