namespace Millwright.Chips;

/// <summary>
/// Measured times of one exchange inside a scale-up domain over (log2 bytes, log2 chips). More chips than were measured: the launch grows with the
/// logarithm of the chips, the transfer with the bytes that cross a chip's link (assumptions; a measured all-to-all over 2 to 64 chips of one rack is
/// nearly flat, which the second agrees with).
/// </summary>
internal sealed class CollectiveTimes
{
    private readonly OperatorGrid _grid;
    private readonly double _rate;
    private readonly double _leastBytes;
    private readonly double _mostChips;

    /// <summary>Makes the times.</summary>
    /// <param name="grid">The measured grid.</param>
    /// <param name="bytesPerSecond">This chip's scale-up bandwidth one way, bytes/s.</param>
    public CollectiveTimes(OperatorGrid grid, double bytesPerSecond)
    {
        if (grid.LogFactor.Axes.Count != 2 || !(grid.BytesPerSecond > 0))
        {
            throw new InvalidDataException($"operator grid {grid.Operator} of {grid.SystemId}: needs two axes and the rate of its link");
        }

        _grid = grid;
        _rate = bytesPerSecond;
        _leastBytes = Math.Pow(2, grid.LogFactor.Axes[0][0]);
        _mostChips = Math.Pow(2, grid.LogFactor.Axes[1][^1]);
    }

    public CallTime At(double bytes, int chips)
    {
        double size = Math.Max(bytes, _leastBytes);
        double measuredChips = Math.Min(chips, _mostChips);
        double launch = MeasuredSeconds(_leastBytes, measuredChips);
        double factor = _grid.LogFactor.At(Math.Log2(size), Math.Log2(measuredChips));
        double work = BorrowedTime.Work(
            factor,
            CollectiveIdeal.LinkBytes(size, measuredChips, _grid.Operator) / _grid.BytesPerSecond,
            CollectiveIdeal.LinkBytes(size, chips, _grid.Operator) / _rate,
            launch,
            out double floor);
        return new CallTime(floor * Math.Log2(chips) / Math.Log2(measuredChips), 0, work);
    }

    private double MeasuredSeconds(double bytes, double chips) =>
        CollectiveIdeal.LinkBytes(bytes, chips, _grid.Operator) / _grid.BytesPerSecond * Math.Pow(2, Math.Max(0, _grid.LogFactor.At(Math.Log2(bytes), Math.Log2(chips))));
}
