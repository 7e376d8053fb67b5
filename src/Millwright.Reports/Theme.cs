using System.Globalization;
using System.Text;

namespace Millwright.Reports;

/// <summary>Colours and the style sheet of pages and pictures.</summary>
internal static class Theme
{
    public const string PaperLight = "#ffffff";
    public const string PaperDark = "#151a21";

    /// <summary>
    /// Colours of parts by place, on light and on dark paper. They stay apart for readers with any of the three colour deficiencies, and each stands out from
    /// its paper by at least 3 to 1; the tests compute both.
    /// </summary>
    public static ReadOnlySpan<string> Colours =>
        (string[])["#1b5faa", "#ce8300", "#0a8f76", "#a3327c", "#479ad6", "#c2410c", "#2f2c54", "#8792a0"];

    public static ReadOnlySpan<string> ColoursDark =>
        (string[])["#5b9bf0", "#f0a93a", "#2fbf9f", "#e27bbd", "#9bd3fa", "#e9683c", "#fbf3d0", "#76818f"];

    private const string Light = """
        --paper:#ffffff;--page:#f4f6f8;--ink:#161b22;--soft:#4f5b69;--line:#d9dfe6;--faint:#eceff3;--accent:#1b5faa;--accent-soft:#e8f0fa;--good:#0b6b57;--bad:#a8330a;--bad-soft:#fdeee7;--good-soft:#e4f4ef;--head:#0f1c2e;--head-ink:#ffffff;--head-soft:#c3d0e0;
        """;

    private const string Dark = """
        --paper:#151a21;--page:#0d1117;--ink:#e8edf3;--soft:#a4b0be;--line:#313a46;--faint:#202731;--accent:#7db2f7;--accent-soft:#1a2a40;--good:#4fd0b2;--bad:#ff9a73;--bad-soft:#3a2018;--good-soft:#12302a;--head:#0a0f16;--head-ink:#ffffff;--head-soft:#a9b8ca;
        """;

    /// <summary>Style of the marks in pictures.</summary>
    private static string Marks
    {
        get
        {
            var css = new StringBuilder("""
                .chart{display:block;max-width:100%;height:auto;font-family:Inter,"Helvetica Neue",Arial,"Liberation Sans",system-ui,sans-serif;font-variant-numeric:tabular-nums}
                .lb{fill:var(--ink)}.st{fill:var(--ink)}.ax{fill:var(--soft)}.mk{fill:var(--soft)}
                .gr{stroke:var(--line);stroke-width:1}.zero{stroke:var(--soft);stroke-width:1}.mark{stroke:var(--soft);stroke-width:1;stroke-dasharray:3 3}
                .lead{stroke:var(--soft);stroke-width:1;fill:none}.halo{paint-order:stroke;stroke:var(--paper);stroke-width:3.5px;stroke-linejoin:round}
                .track{fill:var(--faint)}.hit{fill:transparent}.hit:hover{fill:var(--soft);fill-opacity:.14}

                """);
            for (int i = 0; i < Colours.Length; i++)
            {
                css.Append(CultureInfo.InvariantCulture, $".s{i}{{fill:var(--c{i})}}.n{i}{{fill:var(--o{i})}}.l{i}{{stroke:var(--c{i});stroke-width:2.25;fill:none;stroke-linejoin:round}}.b{i}{{fill:var(--c{i});fill-opacity:.28}}\n");
            }

            return css.ToString();
        }
    }

    /// <summary>Style of a picture in a file of its own.</summary>
    public static string PictureStyle => Variables(":root") + Marks;

    /// <summary>Style of a page.</summary>
    public static string PageStyle => Variables(":root") + Marks + Page + Printed();

    /// <summary>Black or white, whichever reads better on a colour.</summary>
    public static string On(string colour) => Contrast(colour, "#ffffff") >= Contrast(colour, "#000000") ? "#ffffff" : "#000000";

    /// <summary>Contrast of two colours as WCAG 2.2 defines it (relative luminance, section 1.4.3).</summary>
    public static double Contrast(string a, string b)
    {
        double first = Luminance(a);
        double second = Luminance(b);
        return (Math.Max(first, second) + 0.05) / (Math.Min(first, second) + 0.05);
    }

    private static double Luminance(string colour)
    {
        double sum = 0;
        ReadOnlySpan<double> weights = [0.2126, 0.7152, 0.0722];
        for (int i = 0; i < 3; i++)
        {
            double channel = int.Parse(colour.AsSpan(1 + (2 * i), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            sum += weights[i] * (channel <= 0.04045 ? channel / 12.92 : Math.Pow((channel + 0.055) / 1.055, 2.4));
        }

        return sum;
    }

    private static string Variables(string root) =>
        root + "{color-scheme:light dark;" + Light.TrimEnd() + Numbered(Colours) + "}\n@media (prefers-color-scheme:dark){" + root + "{" + Dark.TrimEnd() + Numbered(ColoursDark) + "}}\n";

    private static string Numbered(ReadOnlySpan<string> colours)
    {
        var css = new StringBuilder();
        for (int i = 0; i < colours.Length; i++)
        {
            css.Append(CultureInfo.InvariantCulture, $"--c{i}:{colours[i]};--o{i}:{On(colours[i])};");
        }

        return css.ToString();
    }

    private static string Printed() => "@media print{:root{color-scheme:light;" + Light.TrimEnd() + Numbered(Colours) + """
        --page:#ffffff;--head:#ffffff;--head-ink:#161b22;--head-soft:#4f5b69}
        body{font-size:10pt}.nav,.skip,.filter{display:none !important}header.top{padding:0 0 8pt;border-bottom:2pt solid #161b22}section{border:0;padding:6pt 0;box-shadow:none}
        .card,figure,tr,.callout{break-inside:avoid}h2,h3{break-after:avoid}details::details-content{content-visibility:visible;display:block;height:auto}
        .narrow{display:none !important}.wide{display:block !important}tr{display:table-row !important}a{color:inherit;text-decoration:none}.scroll{overflow:visible}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
        @page{margin:14mm}}

        """;

    private const string Page = """
        *{box-sizing:border-box}
        html{scroll-behavior:smooth;scroll-padding-top:56px;-webkit-text-size-adjust:100%}
        @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
        body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 Inter,"Helvetica Neue",Arial,"Liberation Sans",system-ui,sans-serif;font-variant-numeric:tabular-nums}
        .in{max-width:1128px;margin:0 auto;padding:0 20px}
        .skip{position:absolute;left:-9999px}.skip:focus{left:12px;top:12px;background:var(--paper);color:var(--ink);padding:8px 12px;z-index:9}
        header.top{background:var(--head);color:var(--head-ink);padding:34px 0 40px}
        .kicker{font-size:12.5px;letter-spacing:.09em;text-transform:uppercase;color:var(--head-soft);margin:0 0 6px}
        h1{font-size:32px;line-height:1.15;letter-spacing:-.015em;margin:0 0 10px;font-weight:650;overflow-wrap:anywhere}
        .sub{color:var(--head-soft);margin:0 0 14px;max-width:75ch}
        .lead-text{font-size:18.5px;line-height:1.5;margin:0;max-width:82ch;text-wrap:pretty}.lead-text + .lead-text{margin-top:10px}
        .nav{position:sticky;top:0;background:var(--paper);border-bottom:1px solid var(--line);z-index:5}
        .nav ul{display:flex;gap:4px;list-style:none;margin:0;padding:0;overflow-x:auto;scrollbar-width:thin}
        .nav a{display:block;padding:11px 10px;color:var(--soft);text-decoration:none;white-space:nowrap;font-size:13.5px}.nav a:hover,.nav a:focus-visible{color:var(--ink);box-shadow:inset 0 -2px var(--accent)}
        main{padding:22px 0 40px}
        section{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:24px 28px 26px;margin:0 0 18px;min-width:0}
        h2{font-size:21px;letter-spacing:-.01em;margin:0 0 4px;font-weight:650}h3{font-size:15.5px;margin:26px 0 8px;font-weight:650}
        p{margin:8px 0;max-width:82ch}.note{color:var(--soft);font-size:13.5px}
        a{color:var(--accent);text-underline-offset:3px}dd a,.card a,td a,tbody th a{color:inherit;text-decoration:underline dotted var(--soft);text-underline-offset:3px}dd a:hover,.card a:hover,td a:hover{color:var(--accent);text-decoration-style:solid}a:focus-visible,summary:focus-visible,input:focus-visible+label{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
        .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(232px,1fr));gap:12px;margin:16px 0 6px;padding:0;list-style:none}
        .card{border:1px solid var(--line);border-radius:10px;padding:14px 16px 13px;background:var(--paper);display:flex;flex-direction:column;min-width:0}
        .card .what{color:var(--soft);font-size:13px;display:flex;justify-content:space-between;gap:8px;align-items:baseline}
        .card .big{font-size:25px;line-height:1.2;font-weight:650;letter-spacing:-.02em;margin:5px 0 2px;overflow-wrap:anywhere}.card .big.words{font-size:17px;letter-spacing:0;line-height:1.35;margin-top:8px}
        .card .range,.card .more{font-size:13px;color:var(--soft)}
        .card .outside{font-size:12.5px;color:var(--soft);margin-top:auto;padding-top:8px;border-top:1px solid var(--faint)}.card .outside b{color:var(--ink);font-weight:600;white-space:nowrap}.card .gap{margin-top:8px}
        .ev{display:inline-flex;align-items:center;gap:5px;font-size:11.5px;color:var(--soft);white-space:nowrap;font-weight:400}
        .ev i{width:9px;height:9px;border-radius:50%;border:1.5px solid var(--soft);display:inline-block;flex:none;background:conic-gradient(var(--soft) calc(var(--p)*1%),transparent 0)}
        .flag{display:inline-block;font-size:11px;font-weight:650;letter-spacing:.03em;border-radius:4px;padding:1px 6px;white-space:nowrap}
        .flag.bad{background:var(--bad-soft);color:var(--bad)}.flag.good{background:var(--good-soft);color:var(--good)}.flag.plain{background:var(--faint);color:var(--soft)}
        figure{margin:18px 0 8px;min-width:0}figcaption{margin:0 0 10px}figcaption b{display:block;font-weight:650;font-size:15.5px}figcaption span{color:var(--soft);font-size:13.5px}
        .pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:8px 40px;align-items:start}
        .narrow{display:none}
        @media (max-width:760px){.wide{display:none}.narrow{display:block}.narrow .chart{width:100%;max-width:480px}.pair{grid-template-columns:minmax(0,1fr)}section{padding:18px 15px 20px;border-radius:9px}.in{padding:0 11px}h1{font-size:25px}.lead-text{font-size:16.5px}header.top{padding:24px 0 28px}.cards{grid-template-columns:repeat(auto-fill,minmax(152px,1fr));gap:9px}.card{padding:11px 12px}.card .big{font-size:18.5px}}
        .scroll{overflow-x:auto;margin:12px 0}
        table{border-collapse:collapse;width:100%;font-size:13.5px}caption{text-align:left;font-weight:650;font-size:15.5px;padding:0 0 6px}
        th,td{text-align:left;padding:7px 12px 7px 0;border-bottom:1px solid var(--faint);vertical-align:top;overflow-wrap:break-word}th{color:var(--soft);font-weight:600;border-bottom:1px solid var(--line);vertical-align:bottom}
        tbody th{color:var(--ink);font-weight:500;border-bottom:1px solid var(--faint);vertical-align:top}
        .num{text-align:right;white-space:nowrap}.date{white-space:nowrap}th.num,.num.words{white-space:normal}td:last-child,th:last-child{padding-right:0}.num+td:not(.num),.num+th:not(.num){padding-left:14px}tbody tr:hover{background:var(--faint)}tr.strong td,tr.strong th{font-weight:650;border-top:1px solid var(--line)}
        tr:target,.node:target{background:var(--accent-soft)}
        code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:12.5px;overflow-wrap:anywhere}
        .callout{border-left:4px solid var(--accent);background:var(--accent-soft);padding:10px 16px;border-radius:0 8px 8px 0;margin:14px 0}.callout.bad{border-color:var(--bad);background:var(--bad-soft)}.callout.good{border-color:var(--good);background:var(--good-soft)}.callout p{margin:2px 0}
        details{border:1px solid var(--line);border-radius:8px;padding:0 14px;margin:8px 0}summary{cursor:pointer;padding:9px 0;font-weight:550}details[open]>summary{border-bottom:1px solid var(--faint);margin-bottom:8px}
        details.node{border:0;border-left:2px solid var(--line);border-radius:0;margin:0 0 0 4px;padding:0 0 0 12px}details.node>summary{padding:4px 0;font-weight:400;border:0;margin:0}.leaf{border-left:2px solid var(--line);margin-left:4px;padding:4px 0 4px 12px}
        .formula{color:var(--soft);font-size:13px;padding:0 0 4px 12px}
        .filter{display:flex;flex-wrap:wrap;gap:6px;margin:12px 0;align-items:center}.filtered>input[type=radio]{position:absolute;opacity:0;pointer-events:none}
        .filter label{border:1px solid var(--line);border-radius:99px;padding:3px 12px;font-size:13px;cursor:pointer;color:var(--soft)}.filter label:hover{color:var(--ink);border-color:var(--soft)}
        .filter input[type=search]{font:inherit;font-size:13.5px;padding:4px 10px;border:1px solid var(--line);border-radius:8px;background:var(--paper);color:var(--ink);min-width:200px}
        dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 18px;margin:12px 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        @media (max-width:520px){dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin-bottom:8px}}
        footer{color:var(--soft);font-size:13px;padding:0 0 40px}footer p{margin:4px 0}

        """;
}
