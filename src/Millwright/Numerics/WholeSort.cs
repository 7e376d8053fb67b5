namespace Millwright.Numerics;

/// <summary>Sorts whole numbers digit by digit, in a time that grows with their number alone.</summary>
internal static class WholeSort
{
    private const int DigitBits = 8;
    private const int Digits = 64 / DigitBits;
    private const int Values = 1 << DigitBits;

    /// <summary>Sorts in place, ascending.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="count">How many of them, from the first.</param>
    /// <param name="spare">As long as the numbers; what it holds is lost.</param>
    public static void Sort(long[] values, int count, long[] spare)
    {
        int[] counts = new int[Digits * Values];
        for (int i = 0; i < count; i++)
        {
            ulong key = Key(values[i]);
            for (int digit = 0; digit < Digits; digit++)
            {
                counts[digit * Values + (int)(key >> (digit * DigitBits) & (Values - 1))]++;
            }
        }

        long[] from = values;
        long[] to = spare;
        for (int digit = 0; digit < Digits; digit++)
        {
            int shift = digit * DigitBits;
            int row = digit * Values;

            // a digit that all share orders nothing
            if (count == 0 || counts[row + (int)(Key(from[0]) >> shift & (Values - 1))] == count)
            {
                continue;
            }

            int before = 0;
            for (int i = row; i < row + Values; i++)
            {
                (counts[i], before) = (before, before + counts[i]);
            }

            for (int i = 0; i < count; i++)
            {
                long value = from[i];
                to[counts[row + (int)(Key(value) >> shift & (Values - 1))]++] = value;
            }

            (from, to) = (to, from);
        }

        if (from != values)
        {
            Array.Copy(from, values, count);
        }
    }

    // in the order of numbers without a sign
    private static ulong Key(long value) => (ulong)value ^ (1UL << 63);
}
