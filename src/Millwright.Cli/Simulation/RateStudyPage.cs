using Millwright.Cli.Output;
using Millwright.Reports.Html;
using Millwright.Reports.Simulation;

namespace Millwright.Cli.Simulation;

/// <summary>Rates that were looked for as one self-contained page: the answer, the frontier in pictures, and the tables.</summary>
internal static class RateStudyPage
{
    public static string Write(RateStudy study, TableDocument document)
    {
        HtmlPage page = new HtmlPage(document.Title).Kicker("Millwright · simulate");
        foreach (string line in document.Summary)
        {
            page.Lead(line);
        }

        page.Section("rates", "Rates", section => section.Table(SimulationPage.Table(document.Tables[0], "What each rate is")));
        if (study.Frontier.Count > 0)
        {
            page.Section("frontier", "Frontier", section => section
                .Frontier(study.Frontier, study.Saturation.Rate, study.Found?.Rate, study.HasLimits ? study.Limits : null, study.UsdPerChipHour is null ? null : study.UsdPerMillion)
                .Table(SimulationPage.Table(document.Tables[1], "What comes of each rate")));
        }

        page.Section("notes", "Notes", section => section.Points(document.Notes));
        return page.Write();
    }
}
