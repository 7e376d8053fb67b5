using System.CommandLine;
using System.Globalization;
using Millwright.Catalog;
using Millwright.Cli.Measured;
using Millwright.Cli.Measured.Own;
using Millwright.Cli.Output;
using Millwright.Scenarios;

namespace Millwright.Cli.Commands;

/// <summary>Fits what a user's own cluster adds to the predictions, from the result files of the benchmarks that everybody runs.</summary>
internal static class CalibrateMineCommand
{
    public static Command Create(Session session)
    {
        Argument<string[]> files = new("files")
        {
            Description = "Results of \"vllm bench serve\" (JSON), sglang.bench_serving (JSON lines), AIPerf or GenAI-Perf (profile_export JSON or CSV) and trtllm-bench (report or log).",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> model = new("--model") { Description = "Model, by its name in the catalog. Left out: the one that the files name.", HelpName = "MODEL" };
        Option<string> system = new("--system") { Description = "Chip or system, by its name in the catalog, such as hgx-h200.", HelpName = "SYSTEM", Required = true };
        Option<string> engine = new("--engine") { Description = "vllm, sglang or trtllm. Left out: told by the tool.", HelpName = "ENGINE" };
        Option<string> version = new("--engine-version") { Description = "Version of the engine, such as 0.15.1.", HelpName = "VERSION" };
        Option<string> precision = new("--precision") { Description = "bf16, fp8, fp4, int8 or int4. Left out: bf16.", HelpName = "PRECISION" };
        Option<int> tensor = Ways("--tp", "Chips that share each matrix.");
        Option<int> pipeline = Ways("--pp", "Groups of layers one after another.");
        Option<int> experts = Ways("--ep", "Groups that each hold a part of the experts.");
        Option<int> ranks = Ways("--attention-dp", "Groups that each hold whole attention weights and their own sequences.");
        Option<int> replicas = Ways("--replicas", "Replicas behind the one address.");
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Option<string[]> folders = CommonOptions.Catalog();
        Command command = new("mine", "Fit what your own cluster adds: host time, decode and prefill factor, from your benchmark results.")
        {
            files, model, system, engine, version, precision, tensor, pipeline, experts, ranks, replicas, json, html, folders,
        };
        command.SetAction(parsed =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            CatalogData catalog = Session.LoadCatalog(parsed.GetValue(folders));
            OwnService service = new(
                parsed.GetValue(model) ?? "", parsed.GetValue(system)!, parsed.GetValue(engine) ?? "", parsed.GetValue(version) ?? "", parsed.GetValue(precision) ?? "",
                parsed.GetValue(tensor), parsed.GetValue(pipeline), parsed.GetValue(experts), parsed.GetValue(ranks), parsed.GetValue(replicas));
            List<string> remarks = [];
            IReadOnlyList<OwnRun> runs = OwnRuns.Read(parsed.GetValue(files)!, service, catalog, remarks);
            DefaultPredictor predictor = DefaultPredictor.Create();
            if (runs.FirstOrDefault(r => predictor.Predictor.Predict(r.Case, out _) is null) is { } impossible)
            {
                predictor.Predictor.Predict(impossible.Case, out string reason);
                throw new InputException(impossible.Point.File, 0, 0, $"This load cannot be run: {reason}. Check --system, --tp, --pp, --ep and --precision.");
            }

            OwnFit fit = OwnFit.Of(runs, Residuals.Over(predictor.Predictor));
            string title = string.Create(
                CultureInfo.InvariantCulture,
                $"{runs[0].Case.Model.Id} on {runs[0].Case.Replicas} x ({runs[0].Case.Layout}) of {runs[0].Case.System.Name}, {RowEngine.NameOf(runs[0].Case.Engine.Family)}; predicted by {predictor.Name}.");
            session.Show(OwnDocument.Of(fit, title, remarks), jsonFile, htmlFile);
            return 0;
        });
        return command;
    }

    private static Option<int> Ways(string name, string description)
    {
        Option<int> option = new(name) { Description = description + " Left out: 1.", HelpName = "N", DefaultValueFactory = static _ => 1 };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int ways) || ways is < 1 or > 65536))
            {
                result.AddError($"{name} takes a whole number from 1 to 65536.");
            }
        });
        return option;
    }
}
