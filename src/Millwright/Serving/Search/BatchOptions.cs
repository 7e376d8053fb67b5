namespace Millwright.Serving.Search;

/// <summary>Sequences on one attention rank and pipeline stage that are tried: each up to 8, then so many to the octave.</summary>
internal static class BatchOptions
{
    /// <summary>Batches up to this one are all tried.</summary>
    public const int EachUpTo = 8;

    public static int[] UpTo(int most, int perOctave)
    {
        SortedSet<int> options = [];
        for (int i = 1; i <= Math.Min(EachUpTo, most); i++)
        {
            options.Add(i);
        }

        for (int k = 1; ; k++)
        {
            int option = (int)Math.Round(EachUpTo * Math.Pow(2, (double)k / perOctave));
            if (option > most)
            {
                break;
            }

            options.Add(option);
        }

        options.Add(most);
        return [.. options];
    }
}
