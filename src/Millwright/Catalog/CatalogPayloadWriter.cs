using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Millwright.Catalog;

/// <summary>Writes the rows of a catalog; <see cref="CatalogPayloadReader"/> reads them in the same order of fields.</summary>
internal sealed class CatalogPayloadWriter
{
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly List<string> _strings = [];
    private readonly ArrayBufferWriter<byte> _rows = new();

    private CatalogPayloadWriter()
    {
    }

    /// <summary>The payload, rows in catalog order.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <returns>Table of strings and rows.</returns>
    public static byte[] Write(CatalogData catalog)
    {
        var writer = new CatalogPayloadWriter();
        writer.WriteRows(catalog);
        return writer.Finish();
    }

    /// <summary>The payload with the rows of each kind sorted by id: equal content gives equal bytes.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <returns>Table of strings and rows.</returns>
    public static byte[] WriteSorted(CatalogData catalog) => Write(new CatalogData
    {
        Hash = "",
        Figures = [.. catalog.Figures.OrderBy(f => f.Collection, StringComparer.Ordinal).ThenBy(f => f.Id, StringComparer.Ordinal)],
        Systems = Sorted(catalog.Systems, s => s.Id),
        NetworkParts = Sorted(catalog.NetworkParts, p => p.Id),
        PriceScopes = Sorted(catalog.PriceScopes, p => p.Id),
        Models = Sorted(catalog.Models, m => m.Id),
        TokenPrices = Sorted(catalog.TokenPrices, p => p.Id),
        Locations = Sorted(catalog.Locations, l => l.Id),
        Claims = Sorted(catalog.Claims, c => c.Id),
        LengthHistograms = Sorted(catalog.LengthHistograms, h => h.Id),
        Workloads = Sorted(catalog.Workloads, w => w.Id),
    });

    private static T[] Sorted<T>(IReadOnlyList<T> rows, Func<T, string> id) => [.. rows.OrderBy(id, StringComparer.Ordinal)];

    private void WriteRows(CatalogData catalog)
    {
        Rows(catalog.Figures, WriteFigure);
        Rows(catalog.Systems, WriteSystem);
        Rows(catalog.NetworkParts, WriteNetworkPart);
        Rows(catalog.PriceScopes, WritePrice);
        Rows(catalog.Models, WriteModel);
        Rows(catalog.TokenPrices, WriteTokenPrice);
        Rows(catalog.Locations, WriteLocation);
        Rows(catalog.Claims, WriteClaim);
        Rows(catalog.LengthHistograms, WriteHistogram);
        Rows(catalog.Workloads, WriteWorkload);
    }

    private void Rows<T>(IReadOnlyList<T> rows, Action<T> write)
    {
        Count(rows.Count);
        foreach (T row in rows)
        {
            write(row);
        }
    }

    private void WriteFigure(CatalogFigure f)
    {
        Text(f.Id);
        Text(f.Collection);
        Text(f.Category);
        Text(f.Metric);
        Text(f.Scope);
        Text(f.Unit);
        Number(f.Low);
        Number(f.Mid);
        Number(f.High);
        Byte((byte)f.Evidence);
        Byte(f.Weak ? (byte)1 : (byte)0);
        Text(f.Source);
        Text(f.Date);
        Text(f.Note);
        OptionalText(f.Correlation);
    }

    private void WriteSystem(SystemRecord s)
    {
        Text(s.Id);
        Text(s.Vendor);
        Text(s.Name);
        Text(s.Kind);
        Text(s.Status);
        Text(s.Announced);
        Text(s.Available);
        Count(s.ChipsPerSystem);
        Count(s.DiesPerChip);
        Number(s.Bf16FlopsPerSecond);
        Number(s.Fp8FlopsPerSecond);
        Number(s.Fp4FlopsPerSecond);
        Number(s.Int8OpsPerSecond);
        Number(s.MemoryBytes);
        Text(s.MemoryType);
        Number(s.MemoryBytesPerSecond);
        Text(s.ScaleUpTechnology);
        Number(s.ScaleUpBytesPerSecond);
        Number(s.ScaleUpDomain);
        Number(s.ScaleOutBytesPerSecond);
        Number(s.ChipWatts);
        Number(s.SystemTypicalWatts);
        Number(s.SystemMaxWatts);
        Number(s.UtilityWattsPerChip);
        Text(s.Cooling);
        Range(s.ChipPrice);
        Range(s.SystemPrice);
        Text(s.PriceDate);
        Text(s.Source);
        Text(s.SourceDate);
        Byte((byte)s.Evidence);
        Byte((byte)s.PriceEvidence);
        OptionalText(s.PriceCorrelation);
        Text(s.Note);
        Texts(s.MeasuredNames);
    }

    private void WriteNetworkPart(NetworkPart p)
    {
        Text(p.Id);
        Text(p.Vendor);
        Text(p.Name);
        Text(p.Kind);
        Number(p.Ports);
        Number(p.PortBytesPerSecond);
        Number(p.TypicalWatts);
        Number(p.MaxWatts);
        Range(p.Price);
        Text(p.PriceDate);
        Text(p.Source);
        Text(p.SourceDate);
        Byte((byte)p.Evidence);
        Byte((byte)p.PriceEvidence);
        Text(p.Note);
        OptionalText(p.Correlation);
    }

    private void WritePrice(PriceScope p)
    {
        Text(p.Id);
        Text(p.SystemId);
        Text(p.Kind);
        Range(p.Price);
        Text(p.Includes);
        Byte((byte)p.Chips);
        Byte((byte)p.Baseboard);
        Byte((byte)p.Server);
        Byte((byte)p.RackScaleUp);
        Byte((byte)p.Nic);
        Byte((byte)p.ScaleOutNetwork);
        Byte((byte)p.Storage);
        Byte((byte)p.Support);
        Text(p.Source);
        Text(p.Date);
        Byte((byte)p.Evidence);
        Text(p.Note);
        OptionalText(p.Correlation);
    }

    private void WriteModel(ModelRecord m)
    {
        Text(m.Id);
        Text(m.HuggingFaceName);
        Texts(m.Aliases);
        Text(m.ConfigJson);
        Number(m.PublishedParameters);
        Number(m.PublishedActiveParameters);
        Text(m.WeightsPrecision);
        Text(m.Source);
        Byte((byte)m.Evidence);
        Text(m.Note);
    }

    private void WriteTokenPrice(TokenPrice p)
    {
        Text(p.Id);
        Text(p.Model);
        Text(p.Maker);
        Text(p.Provider);
        Text(p.Date);
        Number(p.InputUsdPerMillion);
        Number(p.CachedInputUsdPerMillion);
        Number(p.OutputUsdPerMillion);
        Text(p.Source);
        Byte((byte)p.Evidence);
        Byte(p.Weak ? (byte)1 : (byte)0);
        Text(p.Note);
    }

    private void WriteLocation(LocationRecord l)
    {
        Text(l.Id);
        Text(l.Name);
        Text(l.Country);
        OptionalText(l.ElectricityPrice);
        OptionalText(l.CarbonIntensity);
        OptionalText(l.GridWait);
        OptionalText(l.PropertyTax);
        OptionalText(l.SalesTax);
        OptionalText(l.IncomeTax);
    }

    private void WriteClaim(ClaimRecord c)
    {
        Text(c.Id);
        Text(c.Group);
        Text(c.Claim);
        Number(c.Low);
        Number(c.Mid);
        Number(c.High);
        Text(c.Unit);
        Text(c.AsOf);
        Text(c.StatusNote);
        Text(c.Answer);
        Text(c.Beware);
        Number((double?)c.StatedVerdict);
        Text(c.On);
        Text(c.Missing);
        Rows(c.Measures, WriteClaimMeasure);
        Rows(c.Tests, WriteClaimTest);
        Texts(c.Outside);
        Texts(c.Commands);
    }

    private void WriteClaimMeasure(ClaimMeasure m)
    {
        Text(m.Name);
        Text(m.Label);
        Text(m.Scenario);
        Texts(m.Changes);
        Text(m.Figure);
        Texts(m.Rows);
        Byte((byte)m.Part);
        Text(m.System);
        Text(m.Of);
        Text(m.Per);
        Number(m.Years);
        Number(m.Factor);
        Text(m.Unit);
    }

    private void WriteClaimTest(ClaimTest t)
    {
        Text(t.Measure);
        Number(t.AtLeast);
        Number(t.AtMost);
        Text(t.Says);
    }

    private void WriteHistogram(LengthHistogram h)
    {
        Text(h.Id);
        Text(h.Name);
        Numbers(h.InputTokens);
        Numbers(h.OutputTokens);
        Number(h.CachedShare);
        Number(h.PeakToMean);
        Text(h.Source);
        Text(h.Licence);
        Text(h.Note);
    }

    private void WriteWorkload(WorkloadRecord w)
    {
        Text(w.Id);
        Text(w.Name);
        WriteDrawn(w.Success);
        WriteDrawn(w.PersonShare);
        Optional(w.ThinkSeconds, WriteDrawn);
        Optional(w.MostContextTokens, WriteDrawn);
        Optional(w.SummaryTokens, WriteDrawn);
        Byte(w.DropsReasoning ? (byte)1 : (byte)0);
        Number(w.Priority);
        WriteAgent(w.Main);
        Optional(w.Sub, WriteAgent);
        Optional(w.SubAgents, WriteDrawn);
        Byte(w.SubAgentsTogether ? (byte)1 : (byte)0);
        Rows(w.Budgets, WriteBudget);
        Text(w.Note);
    }

    private void WriteAgent(AgentRecord a)
    {
        WriteDrawn(a.PrefixTokens);
        WriteDrawn(a.OpeningTokens);
        WriteDrawn(a.Calls);
        WriteDrawn(a.NewTokens);
        WriteDrawn(a.OutputTokens);
        WriteDrawn(a.ReasoningShare);
        Optional(a.ToolUses, WriteDrawn);
        Rows(a.Tools, WriteTool);
    }

    private void WriteTool(ToolRecord t)
    {
        Text(t.Name);
        WriteDrawn(t.Share);
        WriteDrawn(t.Seconds);
        WriteDrawn(t.Cores);
        WriteDrawn(t.Failure);
        Count(t.Tries);
    }

    private void WriteBudget(ReasoningBudgetRecord b)
    {
        Text(b.Level);
        WriteDrawn(b.Tokens);
        WriteDrawn(b.Success);
    }

    private void WriteDrawn(DrawnFigure d)
    {
        Byte((byte)d.Law);
        Number(d.Value);
        Number(d.P50);
        Number(d.P90);
        Number(d.Mean);
        Number(d.Variation);
        Number(d.Least);
        Number(d.Most);
        Number(d.Low);
        Number(d.High);
        Byte((byte)d.Evidence);
        Text(d.Source);
        Text(d.Date);
        Text(d.Note);
    }

    private void Optional<T>(T? row, Action<T> write)
        where T : class
    {
        Byte(row is null ? (byte)0 : (byte)1);
        if (row is not null)
        {
            write(row);
        }
    }

    private void Range(PriceRange range)
    {
        Number(range.Low);
        Number(range.Mid);
        Number(range.High);
    }

    private void Texts(IReadOnlyList<string> texts)
    {
        Count(texts.Count);
        foreach (string text in texts)
        {
            Text(text);
        }
    }

    private void Numbers(IReadOnlyList<double> numbers)
    {
        Count(numbers.Count);
        foreach (double number in numbers)
        {
            Number(number);
        }
    }

    // Index 0 is "no text"; the first string of the table has index 1.
    private void OptionalText(string? text)
    {
        if (text is null)
        {
            Count(0);
        }
        else
        {
            Text(text);
        }
    }

    private void Text(string text)
    {
        if (!_indices.TryGetValue(text, out int index))
        {
            _strings.Add(text);
            index = _strings.Count;
            _indices.Add(text, index);
        }

        Count(index);
    }

    private void Number(double? number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, number ?? double.NaN);
        _rows.Write(bytes);
    }

    private void Byte(byte value) => _rows.Write([value]);

    private void Count(int count) => Varint(_rows, (uint)count);

    private static void Varint(ArrayBufferWriter<byte> target, uint value)
    {
        while (value >= 0x80)
        {
            target.Write([(byte)(value | 0x80)]);
            value >>= 7;
        }

        target.Write([(byte)value]);
    }

    private byte[] Finish()
    {
        var payload = new ArrayBufferWriter<byte>();
        Varint(payload, (uint)_strings.Count);
        foreach (string text in _strings)
        {
            Varint(payload, (uint)Encoding.UTF8.GetByteCount(text));
            Encoding.UTF8.GetBytes(text, payload);
        }

        payload.Write(_rows.WrittenSpan);
        return payload.WrittenSpan.ToArray();
    }
}
