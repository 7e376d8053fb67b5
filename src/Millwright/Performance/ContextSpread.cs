namespace Millwright.Performance;

/// <summary>
/// How uneven the contexts of decoding sequences are. Both numbers stay the same while all sequences go on by a token each.
/// </summary>
/// <param name="Above">Sequences x longest context, less the summed context, tokens: at least 0.</param>
/// <param name="Below">Summed context, less sequences x shortest context, tokens: at least 0.</param>
public readonly record struct ContextSpread(long Above, long Below);

/// <summary>The prompt tokens of a step.</summary>
/// <param name="Tokens">New prompt tokens, above 0 where there are any.</param>
/// <param name="Prompts">Prompts that they belong to.</param>
/// <param name="PrefixTokens">Tokens already in the cache before a prompt token's own part, summed over the new tokens.</param>
/// <param name="SquareTokens">Squares of the new tokens of each prompt, summed: what attention among themselves grows with.</param>
public readonly record struct PromptBatch(int Tokens, int Prompts, long PrefixTokens, long SquareTokens)
{
    /// <summary>Mean tokens in the cache before a new token's own part.</summary>
    public int MeanPrefix => Tokens == 0 ? 0 : (int)(PrefixTokens / Tokens);
}

/// <summary>What one of several engines that step together does in a step.</summary>
/// <param name="Sequences">Sequences that decode.</param>
/// <param name="ContextTokens">Their contexts, summed.</param>
/// <param name="Spread">How uneven they are.</param>
/// <param name="Prompts">Prompts beside them.</param>
public readonly record struct RankStep(int Sequences, long ContextTokens, ContextSpread Spread, PromptBatch Prompts)
{
    /// <summary>Tokens of the engine.</summary>
    public int Tokens => Sequences + Prompts.Tokens;
}
