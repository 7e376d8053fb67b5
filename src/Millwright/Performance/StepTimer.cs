using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;

namespace Millwright.Performance;

/// <summary>
/// Times a step of one replica: the model's operators, divided over the chips of a layout, each timed by the chip's curves, one after another, with
/// the exchanges between.
/// Immutable; safe to share between threads.
/// </summary>
public sealed class StepTimer
{
    private const double ActivationBytes = 2;

    private readonly ModelArchitecture _model;
    private readonly ChipTimer _chip;
    private readonly ReplicaLayout _layout;
    private readonly OperandPrecision _precision;
    private readonly double _distantCopies;

    /// <summary>Makes a timer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="chip">The chip.</param>
    /// <param name="layout">The layout.</param>
    /// <param name="precision">Precision of the weights.</param>
    public StepTimer(ModelArchitecture model, ChipTimer chip, ReplicaLayout layout, OperandPrecision precision)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(chip);
        ArgumentOutOfRangeException.ThrowIfLessThan(layout.Chips, 1, nameof(layout));
        _model = model;
        _chip = chip;
        _layout = layout;
        _precision = precision;
        CacheBytesPerElement = CacheBytes(chip, precision);

        // other chips that hold at least one of a token's k experts, when experts are drawn evenly: (n - 1) (1 - (1 - 1/n)^k)
        _distantCopies = (layout.Chips - 1) * (1 - Math.Pow(1 - 1.0 / layout.Chips, model.ExpertsPerToken));
    }

    /// <summary>Bytes of one cached element: 1 (fp8) when weights are narrower than 16 bits and the chip has fp8, else 2.</summary>
    public double CacheBytesPerElement { get; }

    /// <summary>Bytes of one cached element as engines serve it.</summary>
    /// <param name="chip">The chip.</param>
    /// <param name="precision">Precision of the weights.</param>
    /// <returns>1 or 2.</returns>
    public static double CacheBytes(ChipTimer chip, OperandPrecision precision)
    {
        ArgumentNullException.ThrowIfNull(chip);
        return precision != OperandPrecision.Bf16 && chip.Peaks.Fp8FlopsPerSecond > 0 ? 1 : 2;
    }

    /// <summary>Time of one step of the replica.</summary>
    /// <param name="shape">What the step holds, over the whole replica.</param>
    /// <returns>The time.</returns>
    public StepTime Time(StepShape shape)
    {
        var sum = new Sum();
        if (_layout is { Spread: ReplicaSpread.Expert, Chips: > 1 })
        {
            AddSpreadExperts(shape, ref sum);
        }
        else
        {
            foreach (var step in _model.OperatorsOf(shape, _precision, CacheBytesPerElement))
            {
                AddCut(step, ref sum);
            }

            var message = (shape.DecodeSequences + shape.PrefillTokens) * _model.HiddenSize * ActivationBytes;
            sum.AddExchange(_chip.AllReduce(message, _layout.Chips), _layout.Chips > 1 ? _model.ResidualBlocks : 0);
        }

        return sum.Result;
    }

    // tensor parallelism: products and heads are cut; a cache head is read whole by each of the chips that share it
    private void AddCut(in StepOperator step, ref Sum sum)
    {
        var chips = _layout.Chips;
        var bytes = step.WeightBytes + step.OtherBytes;
        switch (step.Kind)
        {
            case OperatorKind.DecodeAttention or OperatorKind.PrefillAttention:
                AddAttention(step, step.Flops / chips, bytes / Math.Min(chips, Math.Max(1, _model.CacheHeads)), ref sum);
                break;
            case OperatorKind.Elementwise:
                AddElementwise(step, IsInsideBlock(step.Name) ? bytes / chips : bytes, ref sum);
                break;
            default:
                AddProduct(step, step.Flops / chips, bytes / chips, ref sum);
                break;
        }
    }

    // attention-DP: a chip sees its share of the sequences with whole weights; the experts see all tokens of the replica
    private void AddSpreadExperts(StepShape shape, ref Sum sum)
    {
        double chips = _layout.Chips;
        var own = new StepShape(
            shape.DecodeSequences / chips,
            shape.DecodeContextTokens / chips,
            shape.PrefillTokens / chips,
            shape.PrefillPrefixTokens,
            shape.PrefillSequences / chips);
        foreach (var step in _model.OperatorsOf(own, _precision, CacheBytesPerElement))
        {
            var bytes = step.WeightBytes + step.OtherBytes;
            switch (step.Kind)
            {
                case OperatorKind.ExpertGemm:
                    break;
                case OperatorKind.DecodeAttention or OperatorKind.PrefillAttention:
                    AddAttention(step, step.Flops, bytes, ref sum);
                    break;
                case OperatorKind.Elementwise:
                    AddElementwise(step, bytes, ref sum);
                    break;
                default:
                    AddProduct(step, step.Flops, bytes, ref sum);
                    break;
            }
        }

        foreach (var step in _model.OperatorsOf(shape, _precision, CacheBytesPerElement))
        {
            if (step.Kind == OperatorKind.ExpertGemm)
            {
                AddProduct(step, step.Flops / chips, (step.WeightBytes + step.OtherBytes) / chips, ref sum);
            }
        }

        // tokens go out in 8 bits (16 when the model is served so) and the answers come back in 16
        var sent = (_precision == OperandPrecision.Bf16 ? ActivationBytes : 1) + ActivationBytes;
        var offChip = (own.DecodeSequences + own.PrefillTokens) * _distantCopies * _model.HiddenSize * sent;
        sum.AddExchange(_chip.AllToAll(offChip), _model.ExpertLayers);
    }

    private void AddProduct(in StepOperator step, double flops, double bytes, ref Sum sum)
    {
        var time = step.Kind == OperatorKind.ExpertGemm ? _chip.ExpertGemm(flops, bytes, step.Precision) : _chip.Gemm(flops, bytes, step.Precision);
        sum.Add(time, step.Calls);
        if (step.Name == "prefix-key-value-up")
        {
            sum.PrefixExpansion += time.TotalSeconds * step.Calls;
        }
    }

    private void AddAttention(in StepOperator step, double flops, double bytes, ref Sum sum)
    {
        var latent = step.Name.Contains("latent", StringComparison.Ordinal) || step.Name.Contains("sparse", StringComparison.Ordinal);
        if (step.Kind == OperatorKind.DecodeAttention)
        {
            var time = _chip.DecodeAttention(flops, bytes, step.Precision, latent);
            sum.Add(time, step.Calls);
            sum.DecodeAttention += (time.ComputeSeconds + time.MemorySeconds) * step.Calls;
        }
        else
        {
            var time = _chip.PrefillAttention(flops, bytes, latent);
            sum.Add(time, step.Calls);
            sum.PrefillAttention += (time.ComputeSeconds + time.MemorySeconds) * step.Calls;
        }
    }

    private void AddElementwise(in StepOperator step, double bytes, ref Sum sum)
    {
        // sorting tokens to experts and their activation lie inside the measured time of a mixture-of-experts layer
        if (!step.Name.StartsWith("expert-", StringComparison.Ordinal))
        {
            sum.Add(_chip.Elementwise(bytes), step.Calls);
        }
    }

    private static bool IsInsideBlock(string name) =>
        name.EndsWith("activation", StringComparison.Ordinal) || name.EndsWith("rotary", StringComparison.Ordinal);

    private struct Sum
    {
        private double _floor;
        private double _compute;
        private double _memory;
        private double _exchange;
        public double DecodeAttention;
        public double PrefillAttention;
        public double PrefixExpansion;

        public readonly StepTime Result => new(new CallTime(_floor, _compute, _memory), DecodeAttention, PrefillAttention, PrefixExpansion, _exchange);

        public void Add(CallTime time, double calls)
        {
            _floor += time.FloorSeconds * calls;
            _compute += time.ComputeSeconds * calls;
            _memory += time.MemorySeconds * calls;
        }

        public void AddExchange(CallTime time, double calls)
        {
            if (calls > 0)
            {
                Add(time, calls);
                _exchange += time.TotalSeconds * calls;
            }
        }
    }
}
