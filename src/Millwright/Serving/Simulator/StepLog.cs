namespace Millwright.Serving.Simulator;

/// <summary>Steps one by one, up to a number: for timelines. Decode steps that were summed are one entry.</summary>
/// <param name="most">Most entries; later ones are counted and left out.</param>
public sealed class StepLog(int most)
{
    private readonly List<StepEntry> _entries = [];

    /// <summary>The entries.</summary>
    public IReadOnlyList<StepEntry> Entries => _entries;

    /// <summary>Entries left out.</summary>
    public long LeftOut { get; private set; }

    internal void Add(in StepEntry entry)
    {
        if (_entries.Count < most)
        {
            _entries.Add(entry);
        }
        else
        {
            LeftOut++;
        }
    }
}

/// <summary>A step, or decode steps in a row.</summary>
/// <param name="FromPicoseconds">Start, ps.</param>
/// <param name="Picoseconds">Duration, ps.</param>
/// <param name="Steps">Steps.</param>
/// <param name="Decoding">Decoding sequences.</param>
/// <param name="PromptTokens">Prompt tokens; 0 for steps that only decode.</param>
/// <param name="Running">Running requests.</param>
/// <param name="Waiting">Waiting requests.</param>
/// <param name="Blocks">Cache blocks in use.</param>
public readonly record struct StepEntry(
    long FromPicoseconds, long Picoseconds, long Steps, int Decoding, int PromptTokens, int Running, int Waiting, long Blocks);
