using Millwright.Catalog;
using Millwright.Planning;

namespace Millwright.Cli.Output;

/// <summary>The answer of a plan on one screen.</summary>
internal sealed class PlanScreen(Plan plan, CatalogData catalog, string path)
{
    public void Write(TextWriter output, bool colours)
    {
        _ = colours; _ = catalog; _ = path;
        foreach (PlanFigure f in plan.Figures)
        {
            output.WriteLine($"{f.Name} = {f.Value:G6} {f.Unit} [{f.Low:G4}..{f.High:G4}] {f.Evidence} {f.Reason}");
        }
    }
}
