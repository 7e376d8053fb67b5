using Millwright.Cli.Output;
using Millwright.Reports.Html;
using Millwright.Reports.Simulation;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Simulation;

/// <summary>A simulation as one self-contained page: the answer, how latencies are distributed, the course over time, and the tables.</summary>
internal static class SimulationPage
{
    public static string Write(SimulationAnswer answer, TableDocument document)
    {
        ReplicaMonitor monitor = answer.Run.Monitor;
        HtmlPage page = new HtmlPage(document.Title).Kicker("Millwright · simulate");
        foreach (string line in document.Summary)
        {
            page.Lead(line);
        }

        page.Section("latencies", "Latencies", section =>
        {
            section.Table(Table(document.Tables[0], "Latencies"));
            SimulationReport report = answer.Report;
            section.Distributions(
            [
                ("time to first token", report.TimeToFirstToken, monitor.TimeToFirstToken),
                ("time per output token", report.TimePerOutputToken, monitor.TimePerOutputToken),
                ("time between two tokens", report.InterTokenLatency, monitor.InterTokenLatency),
                ("end to end", report.EndToEnd, monitor.EndToEnd),
                ("queueing", report.Queueing, monitor.Queueing),
            ]);
        });
        if (monitor.Series is { } series)
        {
            page.Section("course", "Over time", section => section.Course(series, answer.Run.Pools.Sum(static pool => (double)pool.Plan.Policy.CacheBlocks * pool.Plan.Engines * pool.Plan.Replicas), answer.Run.Pools.Sum(static pool => pool.Plan.Replicas)));
        }

        page.Section("figures", "Figures", section =>
        {
            section.Table(Table(document.Tables[1], "What came of it")).Table(Table(document.Tables[2], "Time and energy by phase"));
            foreach (DocumentTable table in document.Tables.Skip(3))
            {
                section.Table(Table(table, table.Name switch { "pools" => "Pools", "classes" => "Classes", _ => "Tasks" }));
            }
        });
        page.Section("notes", "Notes", section => section.Points(document.Notes));
        return page.Write();
    }

    internal static HtmlTable Table(DocumentTable table, string caption) => new(
        caption,
        [.. table.Columns.Select(static c => new HtmlColumn(c.Heading, c.IsNumber))],
        [.. table.Rows.Select(static row => new HtmlRow([.. row.Select(static cell => new HtmlCell(cell.Text))]))]);
}
