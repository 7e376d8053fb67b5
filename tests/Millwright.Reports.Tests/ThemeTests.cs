using System.Globalization;
using System.Text.RegularExpressions;

namespace Millwright.Reports.Tests;

public sealed partial class ThemeTests
{
    // Machado, Oliveira and Fernandes (2009), table 1, severity 1.0: protanopia, deuteranopia, tritanopia, in linear RGB.
    private static readonly double[][] Deficiencies =
    [
        [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
        [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881],
        [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900],
    ];

    public static TheoryData<string[], string> Papers => new()
    {
        { Theme.Colours.ToArray(), Theme.PaperLight },
        { Theme.ColoursDark.ToArray(), Theme.PaperDark },
    };

    [Theory]
    [MemberData(nameof(Papers))]
    public void Colours_stand_out_from_the_paper_and_carry_readable_text(string[] colours, string paper)
    {
        foreach (string colour in colours)
        {
            Assert.True(Theme.Contrast(colour, paper) >= 3, $"{colour} on {paper}: {Theme.Contrast(colour, paper)}");
            Assert.True(Theme.Contrast(colour, Theme.On(colour)) >= 4.5, $"text on {colour}");
        }
    }

    [Theory]
    [MemberData(nameof(Papers))]
    public void Colours_stay_apart_for_the_colour_blind(string[] colours, string paper)
    {
        Assert.NotEmpty(paper);
        foreach (double[] matrix in Deficiencies)
        {
            double[][] seen = [.. colours.Select(colour => Lab(Apply(matrix, Linear(colour))))];
            for (int i = 0; i < seen.Length; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    double distance = Math.Sqrt(seen[i].Zip(seen[j], (a, b) => (a - b) * (a - b)).Sum());
                    Assert.True(distance > 12, $"{colours[i]} and {colours[j]} are {distance:0.0} apart");
                }
            }
        }
    }

    [Fact]
    public void Text_has_the_contrast_that_small_print_needs_in_light_and_in_dark()
    {
        string style = Theme.PageStyle;
        string[] blocks = [.. RootBlock().Matches(style).Select(match => match.Value).Where(block => block.Contains("--paper", StringComparison.Ordinal))];
        Assert.Equal(3, blocks.Length);
        foreach (string block in blocks)
        {
            Dictionary<string, string> colours = Variable().Matches(block).GroupBy(m => m.Groups[1].Value).ToDictionary(g => g.Key, g => g.Last().Groups[2].Value);
            foreach ((string text, string ground) in ((string, string)[])
                [("ink", "paper"), ("ink", "page"), ("soft", "paper"), ("soft", "page"), ("accent", "paper"), ("ink", "accent-soft"), ("ink", "bad-soft"), ("ink", "good-soft"),
                ("bad", "bad-soft"), ("good", "good-soft"), ("soft", "faint"), ("head-ink", "head"), ("head-soft", "head"), ("paper", "accent")])
            {
                double contrast = Theme.Contrast(colours[text], colours[ground]);
                Assert.True(contrast >= 4.5, $"{text} on {ground}: {contrast:0.00}");
            }
        }
    }

    [GeneratedRegex(@":root\{[^}]*\}")]
    private static partial Regex RootBlock();

    [GeneratedRegex("--([a-z-]+):(#[0-9a-f]{6})")]
    private static partial Regex Variable();

    private static double[] Linear(string colour) =>
        [.. Enumerable.Range(0, 3).Select(i => int.Parse(colour.AsSpan(1 + (2 * i), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4))];

    private static double[] Apply(double[] m, double[] c) =>
        [.. Enumerable.Range(0, 3).Select(i => Math.Max(0, (m[3 * i] * c[0]) + (m[(3 * i) + 1] * c[1]) + (m[(3 * i) + 2] * c[2])))];

    // CIE 1976 L*a*b* under D65.
    private static double[] Lab(double[] c)
    {
        double x = F(((0.4124 * c[0]) + (0.3576 * c[1]) + (0.1805 * c[2])) / 0.95047);
        double y = F((0.2126 * c[0]) + (0.7152 * c[1]) + (0.0722 * c[2]));
        double z = F(((0.0193 * c[0]) + (0.1192 * c[1]) + (0.9505 * c[2])) / 1.08883);
        return [(116 * y) - 16, 500 * (x - y), 200 * (y - z)];

        static double F(double t) => t > 0.008856 ? Math.Cbrt(t) : (7.787 * t) + (16.0 / 116);
    }
}
