namespace Millwright.Chips;

/// <summary>
/// Times of the products with one weight matrix over the number of rows: a factor linear in log2(rows) between the nodes of the grids, times a nominal
/// launch and an ideal that is exact. Evaluated without allocation. Immutable; safe to share between threads.
/// </summary>
public sealed class GemmSlice
{
    private readonly double[] _nodes;
    private readonly double[] _values;
    private readonly double _launch;

    // ideal times are a + b rows: compute has no constant part
    private readonly double _measuredCompute;
    private readonly double _measuredMemory;
    private readonly double _measuredMemoryConstant;
    private readonly double _compute;
    private readonly double _memory;
    private readonly double _memoryConstant;

    internal GemmSlice(double[] nodes, double[] values, GemmIdeal measured, GemmIdeal own, double launch, double columns, double inner)
    {
        _nodes = nodes;
        _values = values;
        _launch = launch;
        _measuredCompute = measured.ComputeSeconds(1, columns, inner);
        _measuredMemoryConstant = measured.MemorySeconds(0, columns, inner);
        _measuredMemory = measured.MemorySeconds(1, columns, inner) - _measuredMemoryConstant;
        _compute = own.ComputeSeconds(1, columns, inner);
        _memoryConstant = own.MemorySeconds(0, columns, inner);
        _memory = own.MemorySeconds(1, columns, inner) - _memoryConstant;
    }

    /// <summary>Time of one product.</summary>
    /// <param name="rows">Rows (tokens), above 0.</param>
    /// <returns>Time of one call.</returns>
    public CallTime At(double rows)
    {
        double compute = _compute * rows;
        double memory = _memoryConstant + _memory * rows;
        double work = Work(rows, compute, memory, out double floor);
        double computeShare = compute / (compute + memory);
        return new CallTime(floor, work * computeShare, work * (1 - computeShare));
    }

    /// <summary>Whole time of one product.</summary>
    /// <param name="rows">Rows (tokens), above 0.</param>
    /// <returns>Time, s.</returns>
    public double Seconds(double rows) => Work(rows, _compute * rows, _memoryConstant + _memory * rows, out double floor) + floor;

    private double Work(double rows, double compute, double memory, out double floor)
    {
        double ideal = Math.Max(_measuredCompute * rows, _measuredMemoryConstant + _measuredMemory * rows);
        return BorrowedTime.OfStream(GemmTimes.Seconds(Factor(Math.Log2(rows)), ideal), ideal, compute, memory, _launch, out floor);
    }

    private double Factor(double x)
    {
        double[] nodes = _nodes;
        int low = 0;
        int high = nodes.Length - 1;
        if (!(x > nodes[0]))
        {
            return _values[0];
        }

        if (x >= nodes[high])
        {
            return _values[high];
        }

        while (high - low > 1)
        {
            int middle = (low + high) >> 1;
            if (nodes[middle] <= x)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return _values[low] + (_values[high] - _values[low]) * (x - nodes[low]) / (nodes[high] - nodes[low]);
    }
}
