namespace Millwright.Applications;

/// <summary>64-bit FNV-1a over bytes, for ids that are text.</summary>
internal static class TextHash
{
    /// <summary>Hash of a text.</summary>
    public static ulong Of(ReadOnlySpan<byte> text)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in text)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        return hash;
    }

    /// <summary>A session number of at least 0.</summary>
    public static long OfSession(ReadOnlySpan<byte> text) => (long)(Of(text) & long.MaxValue);
}
