using System.Buffers.Binary;
using System.Text;

namespace Millwright.Catalog;

/// <summary>Reads what <see cref="CatalogPayloadWriter"/> wrote; the checksum was tested before, so a wrong index is an error of ours.</summary>
internal ref struct CatalogPayloadReader
{
    private readonly string[] _strings;
    private ReadOnlySpan<byte> _rest;

    private CatalogPayloadReader(ReadOnlySpan<byte> payload)
    {
        _rest = payload;
        _strings = [];
        var strings = new string[Count() + 1];
        for (int i = 1; i < strings.Length; i++)
        {
            int length = Count();
            strings[i] = Encoding.UTF8.GetString(_rest[..length]);
            _rest = _rest[length..];
        }

        _strings = strings;
    }

    private delegate T RowReader<out T>(ref CatalogPayloadReader reader);

    /// <summary>Reads the payload.</summary>
    /// <param name="payload">Table of strings and rows.</param>
    /// <param name="hash">Hash of the content, from the header.</param>
    /// <returns>The catalog.</returns>
    public static CatalogData Read(ReadOnlySpan<byte> payload, string hash)
    {
        var reader = new CatalogPayloadReader(payload);
        var catalog = new CatalogData
        {
            Hash = hash,
            Figures = reader.Rows(static (ref CatalogPayloadReader r) => r.Figure()),
            Systems = reader.Rows(static (ref CatalogPayloadReader r) => r.System()),
            NetworkParts = reader.Rows(static (ref CatalogPayloadReader r) => r.NetworkPart()),
            PriceScopes = reader.Rows(static (ref CatalogPayloadReader r) => r.Price()),
            Models = reader.Rows(static (ref CatalogPayloadReader r) => r.Model()),
            TokenPrices = reader.Rows(static (ref CatalogPayloadReader r) => r.TokenPrice()),
            Locations = reader.Rows(static (ref CatalogPayloadReader r) => r.Location()),
            Claims = reader.Rows(static (ref CatalogPayloadReader r) => r.Claim()),
            LengthHistograms = reader.Rows(static (ref CatalogPayloadReader r) => r.Histogram()),
            Workloads = reader.Rows(static (ref CatalogPayloadReader r) => r.Workload()),
        };
        return reader._rest.IsEmpty ? catalog : throw new InvalidDataException("compiled catalog has bytes after its last row");
    }

    private T[] Rows<T>(RowReader<T> read)
    {
        var rows = new T[Count()];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = read(ref this);
        }

        return rows;
    }

    // Arguments are evaluated from left to right: the order of fields is the writer's.
    private CatalogFigure Figure() => new(
        Text(), Text(), Text(), Text(), Text(), Text(), Number(), Number(), Number(), (Evidence)Byte(), Byte() != 0, Text(), Text(), Text(), OptionalText());

    private SystemRecord System() => new()
    {
        Id = Text(),
        Vendor = Text(),
        Name = Text(),
        Kind = Text(),
        Status = Text(),
        Announced = Text(),
        Available = Text(),
        ChipsPerSystem = Count(),
        DiesPerChip = Count(),
        Bf16FlopsPerSecond = Number(),
        Fp8FlopsPerSecond = Number(),
        Fp4FlopsPerSecond = Number(),
        Int8OpsPerSecond = Number(),
        MemoryBytes = Number(),
        MemoryType = Text(),
        MemoryBytesPerSecond = Number(),
        ScaleUpTechnology = Text(),
        ScaleUpBytesPerSecond = Number(),
        ScaleUpDomain = (int?)Number(),
        ScaleOutBytesPerSecond = Number(),
        ChipWatts = Number(),
        SystemTypicalWatts = Number(),
        SystemMaxWatts = Number(),
        UtilityWattsPerChip = Number(),
        Cooling = Text(),
        ChipPrice = Range(),
        SystemPrice = Range(),
        PriceDate = Text(),
        Source = Text(),
        SourceDate = Text(),
        Evidence = (Evidence)Byte(),
        PriceEvidence = (Evidence)Byte(),
        PriceCorrelation = OptionalText(),
        Note = Text(),
        MeasuredNames = Texts(),
    };

    private NetworkPart NetworkPart() => new(
        Text(), Text(), Text(), Text(), (int?)Number(), Number(), Number(), Number(), Range(), Text(), Text(), Text(), (Evidence)Byte(), (Evidence)Byte(), Text(), OptionalText());

    private PriceScope Price() => new(
        Text(),
        Text(),
        Text(),
        Range(),
        Text(),
        (Inclusion)Byte(),
        (Inclusion)Byte(),
        (Inclusion)Byte(),
        (Inclusion)Byte(),
        (Inclusion)Byte(),
        (Inclusion)Byte(),
        (Inclusion)Byte(),
        (Inclusion)Byte(),
        Text(),
        Text(),
        (Evidence)Byte(),
        Text(),
        OptionalText());

    private ModelRecord Model() => new(Text(), Text(), Texts(), Text(), Number(), Number(), Text(), Text(), (Evidence)Byte(), Text());

    private TokenPrice TokenPrice() =>
        new(Text(), Text(), Text(), Text(), Text(), Number(), Number(), Number(), Text(), (Evidence)Byte(), Byte() != 0, Text());

    private LocationRecord Location() =>
        new(Text(), Text(), Text(), OptionalText(), OptionalText(), OptionalText(), OptionalText(), OptionalText(), OptionalText());

    private ClaimRecord Claim() => new()
    {
        Id = Text(),
        Group = Text(),
        Claim = Text(),
        Low = Number(),
        Mid = Number(),
        High = Number(),
        Unit = Text(),
        AsOf = Text(),
        StatusNote = Text(),
        Answer = Text(),
        Beware = Text(),
        StatedVerdict = (ClaimVerdict?)Number(),
        On = Text(),
        Missing = Text(),
        Measures = Rows(static (ref CatalogPayloadReader r) => r.ClaimMeasure()),
        Tests = Rows(static (ref CatalogPayloadReader r) => new ClaimTest(r.Text(), r.Number(), r.Number(), r.Text())),
        Outside = Texts(),
        Commands = Texts(),
    };

    private ClaimMeasure ClaimMeasure() => new()
    {
        Name = Text(),
        Label = Text(),
        Scenario = Text(),
        Changes = Texts(),
        Figure = Text(),
        Rows = Texts(),
        Part = (ClaimPart)Byte(),
        System = Text(),
        Of = Text(),
        Per = Text(),
        Years = Number(),
        Factor = Value(),
        Unit = Text(),
    };

    private LengthHistogram Histogram() => new(Text(), Text(), Numbers(), Numbers(), Number(), Number(), Text(), Text(), Text());

    private WorkloadRecord Workload() => new()
    {
        Id = Text(),
        Name = Text(),
        Success = Drawn(),
        PersonShare = Drawn(),
        ThinkSeconds = OptionalDrawn(),
        MostContextTokens = OptionalDrawn(),
        SummaryTokens = OptionalDrawn(),
        DropsReasoning = Byte() != 0,
        Priority = (int)Value(),
        Main = Agent(),
        Sub = Byte() == 0 ? null : Agent(),
        SubAgents = OptionalDrawn(),
        SubAgentsTogether = Byte() != 0,
        Budgets = Rows(static (ref CatalogPayloadReader r) => new ReasoningBudgetRecord(r.Text(), r.Drawn(), r.Drawn())),
        Note = Text(),
    };

    private AgentRecord Agent() => new()
    {
        PrefixTokens = Drawn(),
        OpeningTokens = Drawn(),
        Calls = Drawn(),
        NewTokens = Drawn(),
        OutputTokens = Drawn(),
        ReasoningShare = Drawn(),
        ToolUses = OptionalDrawn(),
        Tools = Rows(static (ref CatalogPayloadReader r) => new ToolRecord(r.Text(), r.Drawn(), r.Drawn(), r.Drawn(), r.Drawn(), r.Count())),
    };

    private DrawnFigure? OptionalDrawn() => Byte() == 0 ? null : Drawn();

    private DrawnFigure Drawn() => new()
    {
        Law = (DrawnLaw)Byte(),
        Value = Number(),
        P50 = Number(),
        P90 = Number(),
        Mean = Number(),
        Variation = Number(),
        Least = Number(),
        Most = Number(),
        Low = Number(),
        High = Number(),
        Evidence = (Evidence)Byte(),
        Source = Text(),
        Date = Text(),
        Note = Text(),
    };

    private PriceRange Range() => new(Number(), Number(), Number());

    private string[] Texts()
    {
        var texts = new string[Count()];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = Text();
        }

        return texts;
    }

    private double[] Numbers()
    {
        var numbers = new double[Count()];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Value();
        }

        return numbers;
    }

    private string Text() => _strings[Count()];

    private string? OptionalText() => Count() is var index and > 0 ? _strings[index] : null;

    private double? Number() => Value() is var value && double.IsNaN(value) ? null : value;

    private double Value()
    {
        double value = BinaryPrimitives.ReadDoubleLittleEndian(_rest);
        _rest = _rest[sizeof(double)..];
        return value;
    }

    private byte Byte()
    {
        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    private int Count()
    {
        uint value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = Byte();
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (int)value;
            }
        }
    }
}
