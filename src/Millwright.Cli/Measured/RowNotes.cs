using System.Globalization;
using System.Text.RegularExpressions;

namespace Millwright.Cli.Measured;

/// <summary>What the notes of a row tell about the run: precision of matrices, cut of the experts, settings of the engine. Null where they do not.</summary>
/// <param name="Gemm">Precision of dense matrices, in the words of the notes; empty where not told.</param>
/// <param name="Experts">Precision of experts, likewise.</param>
/// <param name="Cache">Precision of the cache, likewise.</param>
/// <param name="AttentionRanks">attention_dp.</param>
/// <param name="ExpertTensorWays">moe_tp.</param>
/// <param name="ExpertWays">moe_ep.</param>
/// <param name="MaxSequences">max_num_seqs.</param>
/// <param name="MaxBatchedTokens">max_num_batched_tokens.</param>
internal sealed partial record RowNotes(
    string Gemm, string Experts, string Cache, int? AttentionRanks, int? ExpertTensorWays, int? ExpertWays, int? MaxSequences, int? MaxBatchedTokens)
{
    public static RowNotes Of(string notes, string chip) => new(
        Word(GemmPattern().Match(notes)),
        Word(ExpertsPattern().Match(notes)),
        Word(CachePattern().Match(notes)),
        Count(AttentionPattern().Match(notes)),
        Count(ExpertTensorPattern().Match(notes)),
        Count(ExpertWaysPattern().Match(notes)),
        Sequences(SequencesPattern().Match(notes), chip),
        Count(BatchedTokensPattern().Match(notes)));

    private static string Word(Match match) => match.Success ? match.Groups["value"].Value : "";

    private static int? Count(Match match) =>
        match.Success && int.TryParse(match.Groups["value"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? count : null;

    // One note may tell two chips apart: "256 (4090) / 128 (PRO 6000)".
    private static int? Sequences(Match match, string chip)
    {
        if (match.Success && match.Groups["other"].Success && Letters(chip).Contains(Letters(match.Groups["chip"].Value), StringComparison.Ordinal))
        {
            return int.Parse(match.Groups["other"].Value, CultureInfo.InvariantCulture);
        }

        return Count(match);
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    [GeneratedRegex(@"\bgemm (?<value>\w+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex GemmPattern();

    [GeneratedRegex(@"\bmoe (?<value>\w+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExpertsPattern();

    [GeneratedRegex(@"\bkv_?cache (?<value>\w+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CachePattern();

    [GeneratedRegex(@"\battention_dp (?<value>\d{1,5})\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AttentionPattern();

    [GeneratedRegex(@"\bmoe_tp (?<value>\d{1,5})\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExpertTensorPattern();

    [GeneratedRegex(@"\bmoe_ep (?<value>\d{1,5})\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExpertWaysPattern();

    [GeneratedRegex(@"\bmax[-_]num[-_]seqs (?<value>\d{1,6})( \([^)]*\) / (?<other>\d{1,6}) \((?<chip>[^)]*)\))?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SequencesPattern();

    [GeneratedRegex(@"\bmax[-_]num[-_]batched[-_]tokens (?<value>\d{1,7})\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BatchedTokensPattern();
}
