using Millwright.Performance;

namespace Millwright.Serving;

/// <summary>One replica in the steady state of continuous batching at one batch.</summary>
/// <param name="Batch">Sequences that decode together, mean.</param>
/// <param name="Mean">Mean step.</param>
/// <param name="TimeToFirstTokenSeconds">Time to first token without queueing, s.</param>
/// <param name="PrefillSeconds">Seconds of the mean step that uncached input causes.</param>
/// <param name="CachedSeconds">Seconds of the mean step that cached input causes.</param>
/// <param name="PromptsInPrefill">Prompts that are being prefilled, mean.</param>
internal readonly record struct SteadyState(
    double Batch, StepTime Mean, double TimeToFirstTokenSeconds, double PrefillSeconds, double CachedSeconds, double PromptsInPrefill)
{
    /// <summary>Mean time between two tokens of a sequence, s: the mean step.</summary>
    public double TimePerOutputTokenSeconds => Mean.TotalSeconds;
}
