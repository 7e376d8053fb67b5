using Millwright.Catalog;
using Millwright.Operators;

namespace Millwright.Chips;

/// <summary>Finds the curve of an operator for a lender, or of the system that stands in for it.</summary>
internal sealed class CurveShelf(NearestMeasuredSystem lender, IReadOnlyList<OperatorCurve> curves)
{
    /// <summary>The measured system whose curves are looked up first.</summary>
    public NearestMeasuredSystem Lender => lender;

    /// <summary>The curve of an operator at a precision; where nobody in the line measured it, the next wider precision.</summary>
    public EfficiencyCurve Find(string operatorName, OperandPrecision precision)
    {
        for (var p = (int)precision; p >= 0; p--)
        {
            if (Seek(operatorName, Name((OperandPrecision)p)) is { } row)
            {
                return EfficiencyCurve.From(row);
            }
        }

        // board power was not measured before H200: what follows in time stands in
        for (var p = (int)precision; p >= 0; p--)
        {
            foreach (var row in curves)
            {
                if (row.Operator == operatorName && row.Precision == Name((OperandPrecision)p))
                {
                    return EfficiencyCurve.From(row);
                }
            }
        }

        throw new InvalidDataException($"no operator curve for '{operatorName}' at {Name(precision)} for '{lender.SystemId}' or those that stand in for it");
    }

    /// <summary>The curve of the engine's all-reduce; where a number of chips was not measured, the smaller number on the same system.</summary>
    public EfficiencyCurve FindAllReduce(int chips)
    {
        for (string? id = lender.SystemId; id is not null; id = NearestMeasuredSystem.StandIn(id))
        {
            if (On(id, $"all-reduce-{chips}", "bf16") is { } row)
            {
                return EfficiencyCurve.From(row);
            }
        }

        return chips > 2 ? FindAllReduce(chips / 2) : throw new InvalidDataException($"no operator curve for an all-reduce for '{lender.SystemId}'");
    }

    private OperatorCurve? Seek(string operatorName, string precision)
    {
        for (string? id = lender.SystemId; id is not null; id = NearestMeasuredSystem.StandIn(id))
        {
            if (On(id, operatorName, precision) is { } row)
            {
                return row;
            }
        }

        return null;
    }

    private OperatorCurve? On(string systemId, string operatorName, string precision)
    {
        foreach (var row in curves)
        {
            if (row.SystemId == systemId && row.Operator == operatorName && row.Precision == precision)
            {
                return row;
            }
        }

        return null;
    }

    private static string Name(OperandPrecision precision) => precision switch
    {
        OperandPrecision.Bf16 => "bf16",
        OperandPrecision.Fp8 => "fp8",
        _ => "fp4",
    };
}
