using Millwright.Operators;

namespace Millwright.Models;

/// <summary>Collects the operators of one step.</summary>
internal sealed class StepOperatorBuilder(StepShape shape, WeightFormat format, double cacheBytesPerElement)
{
    private const double ActivationBytes = WeightFormat.KeptBytes;
    private readonly List<StepOperator> _operators = [];

    /// <summary>Tokens that pass through the layers: one for each decoding sequence and draft, and the new prompt tokens.</summary>
    public double Tokens { get; } = shape.DecodeSequences * (1 + shape.DraftedTokens) + shape.PrefillTokens;

    /// <summary>Rows that pass the head: each token of a decoding sequence, and the last of each prompt.</summary>
    public double EmittingRows { get; } =
        shape.DecodeSequences * (1 + shape.DraftedTokens) + (shape.PrefillTokens > 0 ? shape.PrefillSequences : 0);

    /// <summary>The operators so far.</summary>
    public IReadOnlyList<StepOperator> Operators => _operators;

    // a cache of 8 bits is read by attention kernels of 8 bits
    private OperandPrecision AttentionPrecision => cacheBytesPerElement <= 1 ? OperandPrecision.Fp8 : OperandPrecision.Bf16;

    private double MeanDecodeContext => shape.DecodeContextTokens / shape.DecodeSequences;

    private double PromptTokens => shape.PrefillTokens / shape.PrefillSequences;

    /// <summary>Adds a product of all tokens with a projection.</summary>
    public void Gemm(Projection projection, double calls) => Gemm(projection, Tokens, calls);

    /// <summary>Adds a product of some rows with a projection.</summary>
    public void Gemm(Projection projection, double rows, double calls) =>
        Product(projection, OperatorKind.Gemm, rows, rows, 1, calls);

    /// <summary>Adds the products of token-expert pairs with the experts they touch.</summary>
    public void Experts(Projection projection, double pairs, double touchedExperts, double calls) =>
        Product(projection, OperatorKind.ExpertGemm, pairs, pairs / touchedExperts, touchedExperts, calls);

    /// <summary>Adds a product of all tokens with one of several matrices, each read once and used by its even share of the tokens.</summary>
    public void Adapters(Projection projection, double adapters, double calls) =>
        Product(projection, OperatorKind.Gemm, Tokens, Tokens / adapters, adapters, calls);

    /// <summary>Adds the expansion of cached prefixes by a projection whose weights another operator of the step has read.</summary>
    public void PrefixProjection(string name, Projection projection, double calls)
    {
        var rows = shape.PrefillSequences * shape.PrefillPrefixTokens;
        if (shape.PrefillTokens > 0 && rows > 0)
        {
            Product(projection with { Name = name }, OperatorKind.Gemm, rows, rows, 0, calls);
        }
    }

    /// <summary>Adds elementwise work.</summary>
    /// <param name="name">Name.</param>
    /// <param name="elements">Activation elements read and written by one call.</param>
    /// <param name="calls">Calls.</param>
    /// <param name="vectorParameters">Weights read by one call.</param>
    public void Elementwise(string name, double elements, double calls, double vectorParameters = 0) => Add(
        name,
        OperatorKind.Elementwise,
        OperandPrecision.Bf16,
        0,
        vectorParameters * WeightFormat.KeptBytes,
        elements * ActivationBytes,
        Tokens,
        calls);

    /// <summary>Adds attention of decoding sequences and of prompts.</summary>
    /// <param name="name">Name, without "decode-" and "prefill-".</param>
    /// <param name="attended">Entries that a token looks at.</param>
    /// <param name="flopsPerAttendedToken">FLOPs of one token and one entry.</param>
    /// <param name="elementsPerCachedToken">Cache elements of one entry.</param>
    /// <param name="elementsPerNewToken">Cache elements that one token writes.</param>
    /// <param name="activationElementsPerToken">Activation elements read and written for each token.</param>
    /// <param name="calls">Calls.</param>
    public void Attention(
        string name,
        AttendedContext attended,
        double flopsPerAttendedToken,
        double elementsPerCachedToken,
        double elementsPerNewToken,
        double activationElementsPerToken,
        double calls)
    {
        DecodeAttention(name, attended, flopsPerAttendedToken, elementsPerCachedToken, elementsPerNewToken, activationElementsPerToken, calls);
        PrefillAttention(name, attended, flopsPerAttendedToken, elementsPerCachedToken, elementsPerNewToken, activationElementsPerToken, calls);
    }

    /// <summary>Adds attention of decoding sequences; see <see cref="Attention"/>.</summary>
    public void DecodeAttention(
        string name,
        AttendedContext attended,
        double flopsPerAttendedToken,
        double elementsPerCachedToken,
        double elementsPerNewToken,
        double activationElementsPerToken,
        double calls)
    {
        if (shape.DecodeSequences <= 0)
        {
            return;
        }

        // a draft sees those before it too; the cache is read once for all tokens of a sequence unless an indexer chooses for each
        var verified = 1 + shape.DraftedTokens;
        var pairs = shape.DecodeSequences * verified * attended.At(MeanDecodeContext + shape.DraftedTokens / 2);
        var read = shape.DecodeSequences * (attended.Chosen
            ? Math.Min(MeanDecodeContext / attended.TokensPerEntry, attended.MostEntries * verified)
            : attended.At(MeanDecodeContext));
        var cached = read * elementsPerCachedToken + shape.DecodeSequences * verified * elementsPerNewToken;
        Add(
            "decode-" + name,
            OperatorKind.DecodeAttention,
            AttentionPrecision,
            pairs * flopsPerAttendedToken,
            0,
            cached * cacheBytesPerElement + shape.DecodeSequences * verified * activationElementsPerToken * ActivationBytes,
            shape.DecodeSequences,
            calls);
    }

    /// <summary>Adds attention of prompts; see <see cref="Attention"/>.</summary>
    public void PrefillAttention(
        string name,
        AttendedContext attended,
        double flopsPerAttendedToken,
        double elementsPerCachedToken,
        double elementsPerNewToken,
        double activationElementsPerToken,
        double calls)
    {
        if (shape.PrefillTokens <= 0)
        {
            return;
        }

        // the prefix is read once for each sequence: its reuse among the tokens of a prompt stays on the chip
        var pairs = shape.PrefillTokens * attended.MeanOverPrompt(shape.PrefillPrefixTokens, PromptTokens);
        var prefix = shape.PrefillSequences * PrefixEntries(attended);
        var cached = prefix * elementsPerCachedToken + shape.PrefillTokens * elementsPerNewToken;
        Add(
            "prefill-" + name,
            OperatorKind.PrefillAttention,
            AttentionPrecision,
            pairs * flopsPerAttendedToken,
            0,
            cached * cacheBytesPerElement + shape.PrefillTokens * activationElementsPerToken * ActivationBytes,
            PromptTokens,
            calls);
    }

    /// <summary>Adds attention of each patch of an image to each other in its window, without a cache: queries, keys and values read, outputs written.</summary>
    /// <param name="name">Name.</param>
    /// <param name="width">Width of all heads together.</param>
    /// <param name="windowPatches">Patches that a patch looks at, itself included.</param>
    /// <param name="calls">Calls.</param>
    public void ImageAttention(string name, double width, double windowPatches, double calls) => Add(
        name,
        OperatorKind.PrefillAttention,
        OperandPrecision.Bf16,
        4 * width * Tokens * windowPatches,
        0,
        4 * width * Tokens * ActivationBytes,
        windowPatches,
        calls);

    /// <summary>Adds the update of a constant state, once a token when decoding and chunk by chunk in a prompt.</summary>
    /// <param name="name">Name, without "decode-" and "prefill-".</param>
    /// <param name="decodeFlopsPerToken">FLOPs of one decoded token.</param>
    /// <param name="prefillFlopsPerToken">FLOPs of one prompt token.</param>
    /// <param name="stateBytes">Bytes of the state of one sequence.</param>
    /// <param name="chunkTokens">Tokens of a prompt between two visits of the state in memory.</param>
    /// <param name="activationElementsPerToken">Activation elements read and written for each token.</param>
    /// <param name="calls">Calls.</param>
    public void StateUpdate(
        string name,
        double decodeFlopsPerToken,
        double prefillFlopsPerToken,
        double stateBytes,
        double chunkTokens,
        double activationElementsPerToken,
        double calls)
    {
        if (shape.DecodeSequences > 0)
        {
            // with drafts the state is read once and written after each token, for the one that will have been accepted last
            var verified = 1 + shape.DraftedTokens;
            Add(
                "decode-" + name,
                OperatorKind.DecodeAttention,
                OperandPrecision.Bf16,
                shape.DecodeSequences * verified * decodeFlopsPerToken,
                0,
                shape.DecodeSequences * ((1 + verified) * stateBytes + verified * activationElementsPerToken * ActivationBytes),
                shape.DecodeSequences,
                calls);
        }

        if (shape.PrefillTokens > 0)
        {
            var visits = Math.Max(shape.PrefillSequences, shape.PrefillTokens / chunkTokens);
            Add(
                "prefill-" + name,
                OperatorKind.PrefillAttention,
                OperandPrecision.Bf16,
                shape.PrefillTokens * prefillFlopsPerToken,
                0,
                visits * 2 * stateBytes + shape.PrefillTokens * activationElementsPerToken * ActivationBytes,
                PromptTokens,
                calls);
        }
    }

    // a window of the prefix is read once; entries that an indexer chose lie anywhere, and each token has its own
    private double PrefixEntries(AttendedContext attended) => Math.Min(
        shape.PrefillPrefixTokens / attended.TokensPerEntry,
        attended.MostEntries * (attended.Chosen ? Math.Max(1, PromptTokens) : 1));

    private void Product(Projection projection, OperatorKind kind, double totalRows, double rowsPerMatrix, double weightCopies, double calls)
    {
        if (totalRows <= 0)
        {
            return;
        }

        // inputs are quantised to the precision of the weights unless only the weights are, outputs leave in 16 bits
        var inputBytes = format.InputBytes(projection.Role);
        Add(
            projection.Name,
            kind,
            format.Precision(projection.Role),
            2 * totalRows * projection.MatrixParameters,
            weightCopies * (projection.MatrixParameters * format.Bytes(projection.Role) + projection.Vectors * WeightFormat.KeptBytes),
            totalRows * projection.Copies * (projection.Inputs * inputBytes + projection.Outputs * ActivationBytes),
            rowsPerMatrix,
            calls);
    }

    private void Add(
        string name, OperatorKind kind, OperandPrecision precision, double flops, double weightBytes, double otherBytes, double rows, double calls) =>
        _operators.Add(new StepOperator(name, kind, precision, flops, weightBytes, otherBytes, rows, calls));
}
