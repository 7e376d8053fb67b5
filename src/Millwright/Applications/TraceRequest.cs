namespace Millwright.Applications;

/// <summary>One request as a trace or a generator gives it.</summary>
/// <param name="ArrivalPicoseconds">Arrival, ps from the start of the run.</param>
/// <param name="InputTokens">Prompt tokens, at least 1.</param>
/// <param name="OutputTokens">Generated tokens, at least 1.</param>
/// <param name="Session">Number of its session, at least 0; -1 where it belongs to none.</param>
/// <param name="Priority">Priority; what is greater and what is smaller is for the engine to say. 0 where the trace names none.</param>
public readonly record struct TraceRequest(long ArrivalPicoseconds, int InputTokens, int OutputTokens, long Session = -1, int Priority = 0);
