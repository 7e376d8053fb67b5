namespace Millwright.Benchmarks;

/// <summary>Counts the bytes that an operation allocates on one thread. The count does not depend on the speed of the machine.</summary>
internal static class AllocationMeter
{
    // Enough calls for the last compilation of a method to be in place and for lazy state to be made.
    private const int WarmUps = 40;
    private const int Rounds = 5;
    private const int CallsPerRound = 8;

    /// <summary>Bytes per call: the least of several rounds, so that a stray allocation of the runtime does not count.</summary>
    public static long BytesPerCall(Func<object> operation)
    {
        for (int i = 0; i < WarmUps; i++)
        {
            GC.KeepAlive(operation());
        }

        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < CallsPerRound; i++)
            {
                GC.KeepAlive(operation());
            }

            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / CallsPerRound);
        }

        return least;
    }
}
