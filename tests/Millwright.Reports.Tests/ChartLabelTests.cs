using CsCheck;
using Millwright.Reports.Charts;

namespace Millwright.Reports.Tests;

public sealed class ChartLabelTests
{
    private const long Cases = 250;

    private static readonly Gen<string> Name = Gen.OneOf<string>(
        Gen.Char["abcdefghijklmnopqrstuvwxyz ABCWM0123456789.,-"].Array[1, 12].Select(c => new string(c)),
        Gen.Char["abcdef WM<>&\"' "].Array[30, 140].Select(c => new string(c)),
        Gen.OneOf("\u6d88\u8d39\u8005\u62a5\u544a\u6d88\u8d39\u8005\u62a5\u544a", "\ud83d\udcb0\ud83d\udcb0 money", "", " ", "W", "illilli"));

    private static readonly Gen<double> Size = Gen.OneOf<double>(
        Gen.Double[-3, 12].Select(x => Math.Pow(10, x)), Gen.OneOf(0.0, 1e-12, 55e9, 1e15, double.NaN, double.PositiveInfinity));

    private static readonly Gen<double> Signed = Gen.Select(Size, Gen.Bool, (size, up) => up ? size : -size);
    private static readonly Gen<double> Width = Gen.OneOf(Svg.Wide, Svg.Half, Svg.Narrow);
    private static readonly Gen<string> Unit = Gen.OneOf("USD", "USD/yr", "W", "share", "1", "months", "USD/GPU-h", "kWh", "furlongs/fortnight");
    private static readonly Gen<ChartPart> Part = Gen.Select(Name, Size, (name, value) => new ChartPart(name, value));

    [Fact]
    public void Stacked_bars_keep_their_labels_apart() =>
        Gen.Select(Gen.Select(Name, Part.Array[0, 12], (name, parts) => new ChartBar(name, parts)).Array[0, 4], Unit, Width)
            .Holds((bars, unit, width) => SvgText.AssertReadable(Svg.StackedBars("bars", bars, unit, width)), iter: Cases);

    [Fact]
    public void Stacked_columns_keep_their_labels_apart() =>
        Gen.Select(Name.Array[0, 30], Gen.Select(Name, Signed.Array[0, 30], (name, values) => new ChartLayer(name, values)).Array[0, 9], Unit, Width)
            .Holds((columns, layers, unit, width) => SvgText.AssertReadable(Svg.StackedColumns("columns", columns, layers, unit, width, "year")), iter: Cases);

    [Fact]
    public void Sankeys_keep_their_labels_apart() =>
        Gen.Select(SankeyTests.Flows, Unit, Width)
            .Holds((flows, unit, width) => SvgText.AssertReadable(Svg.Sankey("flows", flows, unit, width)), iter: Cases);

    [Fact]
    public void Lines_keep_their_labels_apart() =>
        Gen.Select(
            Gen.Select(Name, Signed.Array[0, 40], Gen.Bool, (name, ys, filled) => new ChartLine(name, [.. ys.Select((_, i) => (double)i)], ys, ys, ys, filled)).Array[0, 5],
            Gen.Select(Name, Gen.Double[-5, 45], (name, x) => new ChartMarker(name, x)).Array[0, 5],
            Unit,
            Width)
            .Holds((lines, markers, unit, width) => SvgText.AssertReadable(Svg.Lines("lines", lines, unit, "month", markers, width)), iter: Cases);

    [Fact]
    public void Waterfalls_keep_their_labels_apart() =>
        Gen.Select(Gen.Select(Name, Signed, Gen.Bool, (name, value, total) => new WaterfallStep(name, value, total)).Array[0, 14], Unit, Width)
            .Holds((steps, unit, width) => SvgText.AssertReadable(Svg.Waterfall("steps", steps, unit, width)), iter: Cases);

    [Fact]
    public void Tornados_keep_their_labels_apart() =>
        Gen.Select(Signed, Gen.Select(Name, Signed, Signed, (name, low, high) => new TornadoBar(name, low, high, "\u00b110 %")).Array[0, 14], Unit, Width)
            .Holds((planned, bars, unit, width) => SvgText.AssertReadable(Svg.Tornado("bars", planned, bars, unit, width)), iter: Cases);

    [Fact]
    public void Ranges_keep_their_labels_apart() =>
        Gen.Select(Gen.Select(Name, Signed, Signed, Signed, Gen.Bool, (name, value, low, high, outside) => new RangeRow(name, value, low, high, "2025-11", outside)).Array[0, 9], Unit, Width)
            .Holds((rows, unit, width) => SvgText.AssertReadable(Svg.Ranges("rows", rows, unit, width)), iter: Cases);

    [Fact]
    public void Small_multiples_keep_their_labels_apart() =>
        Gen.Select(
            Gen.Select(Name, Unit, Gen.Select(Name, Signed, (name, value) => new ChartPart(name, value)).Array[0, 5], (name, unit, bars) => new ChartPanel(name, unit, bars)).Array[0, 7],
            Width)
            .Holds((panels, width) => SvgText.AssertReadable(Svg.SmallMultiples("panels", panels, width)), iter: Cases);

    [Fact]
    public void Every_part_is_in_the_key_however_small_its_share()
    {
        ChartPart[] parts = [new("Chips", 55e9), new("A part with a name far too long for the bar that it gets", 1e6), new("Tiny", 1)];
        List<string> texts = SvgText.Texts(Svg.StackedBars("capex", [new("", parts)], "USD", Svg.Wide));
        Assert.Contains("Tiny", texts);
        Assert.Contains(texts, text => text.StartsWith("A part with a name far too", StringComparison.Ordinal));
    }

    [Fact]
    public void Spread_boxes_keep_their_order_and_never_touch_where_there_is_room() =>
        Gen.Double[0, 400].Array[1, 20].Holds(centres =>
        {
            Array.Sort(centres);
            double[] placed = Key.Spread(centres, 20, 0, 400);
            for (int i = 0; i < placed.Length; i++)
            {
                Assert.InRange(placed[i], 10 - 1e-9, 390 + 1e-9);
                Assert.True(i == 0 || placed[i] - placed[i - 1] >= 20 - 1e-9);
            }
        });

    [Fact]
    public void Ticks_are_round_and_cover_the_data() =>
        Gen.Select(Signed.Where(double.IsFinite), Signed.Where(double.IsFinite), Unit).Holds((a, b, unit) =>
        {
            Axis axis = Axis.Over(Math.Min(a, b), Math.Max(a, b), unit, 0, 500, 5);
            Assert.True(axis.Low <= Math.Min(a, b) + (1e-6 * axis.Step) && axis.High >= Math.Max(a, b) - (1e-6 * axis.Step));
            double step = axis.Step / axis.Unit.Factor;
            double mantissa = step / Math.Pow(10, Math.Floor(Math.Log10(step) + 1e-9));
            Assert.True(Math.Round(mantissa, 6) is 1 or 2 or 5 or 10, $"a step of {step}");
            Assert.InRange(axis.Ticks().Count(), 2, 9);
        });
}
