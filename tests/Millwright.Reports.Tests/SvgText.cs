using System.Globalization;
using System.Xml.Linq;
using Millwright.Reports.Charts;

namespace Millwright.Reports.Tests;

/// <summary>Reads the texts of a picture back from what was written.</summary>
internal static class SvgText
{
    public static void AssertReadable(string svg)
    {
        XElement root = XElement.Parse(svg);
        double[] view = [.. root.Attribute("viewBox")!.Value.Split(' ').Select(Number)];
        Assert.Equal("img", root.Attribute("role")!.Value);
        Assert.NotEmpty(root.Attribute("aria-label")!.Value);
        List<(string Text, (double Left, double Top, double Right, double Bottom) Box)> texts = [.. root.Descendants("text").Select(Read)];
        for (int i = 0; i < texts.Count; i++)
        {
            (string text, var box) = texts[i];
            Assert.True(
                box.Left >= -0.02 && box.Right <= view[2] + 0.02 && box.Top >= -0.02 && box.Bottom <= view[3] + 0.02,
                $"\"{text}\" leaves the picture: {box} in {view[2]} x {view[3]}");
            for (int j = 0; j < i; j++)
            {
                Assert.False(Touch(box, texts[j].Box), $"\"{text}\" lies over \"{texts[j].Text}\": {box} and {texts[j].Box}");
            }
        }

        foreach (XElement rect in root.Descendants("rect"))
        {
            Assert.True(Number(rect.Attribute("x")!.Value) >= -0.02, "a bar starts left of the picture");
            Assert.True(Number(rect.Attribute("x")!.Value) + Number(rect.Attribute("width")!.Value) <= view[2] + 0.02, "a bar ends right of the picture");
            Assert.True(Number(rect.Attribute("y")!.Value) + Number(rect.Attribute("height")!.Value) <= view[3] + 0.02, "a bar ends below the picture");
        }
    }

    public static List<string> Texts(string svg) => [.. XElement.Parse(svg).Descendants("text").Select(text => text.Nodes().OfType<XText>().First().Value)];

    private static bool Touch((double Left, double Top, double Right, double Bottom) a, (double Left, double Top, double Right, double Bottom) b) =>
        SvgCanvas.Overlap((a.Left + 0.02, a.Top + 0.02, a.Right - 0.02, a.Bottom - 0.02), b);

    private static (string, (double, double, double, double)) Read(XElement text)
    {
        string said = text.Nodes().OfType<XText>().First().Value;
        Anchor anchor = text.Attribute("text-anchor")?.Value switch
        {
            "end" => Anchor.End,
            "middle" => Anchor.Middle,
            _ => Anchor.Start,
        };
        return (said, SvgCanvas.TextBox(
            Number(text.Attribute("x")!.Value), Number(text.Attribute("y")!.Value), said, anchor, Number(text.Attribute("font-size")!.Value), text.Attribute("font-weight") is not null));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
