using Millwright.Catalog;
using Millwright.Planning;
using Millwright.Scenarios;
using Millwright.Serving.Search;
using Millwright.Studies;

CatalogData catalog = ShippedCatalog.Load();
ScenarioInput scenario = ScenarioReader.Read("scenarios/gigawatt.yaml", catalog, ["site.power=2 GW facility"]);
Plan plan = PlanStudy.Make(new Planner(scenario, catalog, new DeploymentSearch(ShippedOperators.Load(), ShippedCalibration.Load())), tool: "sample");
PlanFigure cost = plan.Find("capex.total")!;
Console.WriteLine($"{cost.Value / 1e9:F1} billion dollars, p10 {cost.Low / 1e9:F1}, p90 {cost.High / 1e9:F1}");
