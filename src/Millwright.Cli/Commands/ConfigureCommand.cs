using System.CommandLine;
using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Cli.Output;
using Millwright.Planning;
using Millwright.Quantities;
using Millwright.Reports.Launch;
using Millwright.Scenarios;
using Millwright.Serving.Search;

namespace Millwright.Cli.Commands;

/// <summary>Looks for the deployment of a model: layout, precision, batch, pools, on one system or the best of several.</summary>
internal static class ConfigureCommand
{
    public static Command Create(Session session)
    {
        Option<string> model = new("--model") { Description = "Model of the catalog, or the path of a config.json.", HelpName = "MODEL", Required = true };
        Option<string> system = new("--system") { Description = "System of the catalog, several with commas, or \"any\".", HelpName = "S,S", Required = true };
        Option<int?> chips = new("--chips") { Description = "Chips at hand. Left out, with neither rate nor power: one system.", HelpName = "N" };
        Option<string?> rate = new("--rate") { Description = "Requests to be served on as few chips as possible, such as \"20/s\".", HelpName = "R" };
        Option<string?> power = new("--power") { Description = "Power of the site with its basis, such as \"1 MW facility\".", HelpName = "P" };
        Option<double?> input = new("--isl") { Description = "Input tokens of a request.", HelpName = "N" };
        Option<double?> output = new("--osl") { Description = "Output tokens of a request.", HelpName = "N" };
        Option<string?> cached = new("--cached") { Description = "Share of the input that the prefix cache holds, such as \"60 %\".", HelpName = "SHARE" };
        Option<string?> trace = new("--trace") { Description = "Request trace that tells the lengths: CSV or JSON lines, plain or .gz.", HelpName = "FILE" };
        Option<string> firstToken = new("--ttft") { Description = "Greatest mean time to first token.", HelpName = "TIME", DefaultValueFactory = static _ => "2 s" };
        Option<string> perToken = new("--tpot") { Description = "Greatest mean time per output token.", HelpName = "TIME", DefaultValueFactory = static _ => "40 ms" };
        Option<string?> engine = new("--engine") { Description = "vllm, sglang, trtllm or all. Left out: vllm.", HelpName = "E" };
        Option<string?> precision = new("--precision") { Description = "Precisions to choose from, such as fp8,nvfp4. Left out: all that the chip multiplies or unpacks.", HelpName = "P,P" };
        Option<string?> draft = new("--draft") { Description = "Speculative decoding: tokens drafted and accepted a step, such as 3:1.8.", HelpName = "N:A" };
        Option<string?> price = new("--chip-hour") { Description = "Cost of a chip-hour, such as \"2.5 $/GPU-h\". Left out: from the plan of the shipped site.", HelpName = "PRICE" };
        Option<string?> cap = new("--power-cap") { Description = "Shares of the rated power that a chip may draw, to choose from, such as \"60 %, 80 %, 100 %\". Left out: 100 %; with --system any 60 to 100 %.", HelpName = "SHARE,SHARE" };
        Option<string?> nic = new("--nic") { Description = "Network bandwidths of a chip to choose from beside its own, such as 400Gb/s,800Gb/s. Left out: its own; with --system any those of the cards that its maker sells.", HelpName = "RATE,RATE" };
        Option<string> pools = new("--pools") { Description = "Which pools to look at: together, apart, split (decode with attention and feed-forward on chips of their own).", HelpName = "K,K", DefaultValueFactory = static _ => "together,apart" };
        Option<double> skew = new("--skew") { Description = "Skew of routing over experts: 0 (all as popular) to 2.", HelpName = "X", DefaultValueFactory = static _ => ExpertLoad.UsualSkew };
        Option<int> top = new("--top") { Description = "Runners-up to show.", HelpName = "K", DefaultValueFactory = static _ => 5 };
        Option<string[]> without = new("--without") { Description = "Also solve with one element replaced, such as scale-up=8 or memory-bandwidth=3.35TB/s; may be given more than once.", HelpName = "ELEMENT=VALUE" };
        Option<string?> emit = new("--emit") { Description = "Write launch commands or manifests of the answer: vllm, sglang, trtllm or llm-d. Needs --out.", HelpName = "TARGET" };
        Option<string?> folder = new("--out") { Description = "Folder for --emit.", HelpName = "DIR" };
        Option<bool> quick = new("--quick") { Description = "Leave the sensitivity of the answer out." };
        Option<string[]> catalog = CommonOptions.Catalog();
        Option<string?> json = CommonOptions.Json();
        Option<string?> html = CommonOptions.Html();
        Command command = new("configure", "Find the deployment of a model: layout, precision, batch, pools together or apart; its speed, cost and energy.")
        {
            model, system, chips, rate, power, input, output, cached, trace, firstToken, perToken, engine, precision, draft, price, cap, nic, pools, skew, top, without, emit, folder, quick, catalog, json, html,
        };
        command.SetAction((parsed, cancellation) =>
        {
            (OutputFile? jsonFile, OutputFile? htmlFile) = CommonOptions.Files(parsed, json, html);
            CatalogData data = Session.LoadCatalog(parsed.GetValue(catalog));
            Amount? site = parsed.GetValue(power) is { } watts ? ServingOptions.Amount("--power", watts, QuantityKind.Power, needsBasis: true) : null;
            SearchRequest request = new()
            {
                Model = ServingOptions.Model(parsed.GetValue(model)!, data),
                Lengths = ServingOptions.Lengths(
                    parsed.GetValue(input),
                    parsed.GetValue(output),
                    parsed.GetValue(cached) is { } share ? ServingOptions.Amount("--cached", share, QuantityKind.Fraction, false).Mid : null,
                    parsed.GetValue(trace),
                    session,
                    cancellation),
                TimeToFirstTokenLimitSeconds = ServingOptions.Quantity("--ttft", parsed.GetValue(firstToken)!, QuantityKind.Duration),
                TimePerOutputTokenLimitSeconds = ServingOptions.Quantity("--tpot", parsed.GetValue(perToken)!, QuantityKind.Duration),
                Chips = parsed.GetValue(chips),
                RequestsPerSecond = parsed.GetValue(rate) is { } requests ? ServingOptions.Quantity("--rate", requests, QuantityKind.TaskRate) : null,
                PowerWatts = site?.Mid,
                Engines = ServingOptions.Engines(parsed.GetValue(engine)),
                Precisions = ServingOptions.Precisions(parsed.GetValue(precision)),
                Speculation = ServingOptions.Draft(parsed.GetValue(draft)),
                RoutingSkew = ServingOptions.Skew(parsed.GetValue(skew)),
                Space = ServingOptions.Pools(parsed.GetValue(pools)!),
            };
            if (request.Fault is { Length: > 0 } fault)
            {
                throw new InputException("", 0, 0, fault + ".");
            }

            LaunchTarget? target = TargetOf(parsed.GetValue(emit), parsed.GetValue(folder), request);
            IReadOnlyList<SystemRecord> systems = ServingOptions.Systems(parsed.GetValue(system)!, data);
            if (target is not null && request.Space is { Together: false, Apart: false })
            {
                throw ServingOptions.Wrong("--emit", "no engine version that is known here runs attention and feed-forward on chips of their own: add together or apart to --pools");
            }

            if (target is { } launched && !systems.All(one => LaunchWriter.CutsPrompts(launched, request.Model, one)))
            {
                // what cannot be launched is not looked for
                request = request with { Space = request.Space with { MostContextWays = 1 } };
            }

            double? usd = parsed.GetValue(price) is { } stated ? ServingOptions.Quantity("--chip-hour", stated, QuantityKind.MoneyPerChipHour) : null;
            ScenarioInput prices = Session.ReadScenario(ServingOptions.SiteOfPrices, [], data);
            IReadOnlyList<SystemOffer> offers = ServingOptions.Offers(prices, systems, data, usd, site?.Basis ?? PowerBasis.Facility);
            bool ofAny = parsed.GetValue(system)!.Trim() == ServingOptions.AnySystem;
            offers = ServingOptions.Variants(prices, offers, data, parsed.GetValue(cap), parsed.GetValue(nic), ofAny, usd is not null, site?.Basis ?? PowerBasis.Facility);

            // caps and networks that are named are told each; of those that were not named only what wins
            request = request with { Space = request.Space with { PrunesVariants = parsed.GetValue(cap) is null && parsed.GetValue(nic) is null } };
            DeploymentSearch search = Session.Search;
            SearchAnswer answer = search.Find(offers, request, cancellation);
            List<WithoutElement> lost = [.. (parsed.GetValue(without) ?? []).Select(text => WithoutElement.Solve(text, search, offers, request, cancellation))];
            IReadOnlyList<SensitivityRow> sensitivity = parsed.GetValue(quick) ? [] : SearchSensitivity.Run(search, offers, request, answer, cancellation: cancellation);
            ConfigureReport report = new(request, offers, answer, lost, sensitivity, parsed.GetValue(top), data.Hash);
            TableDocument document = report.Document();
            TerminalTables.Write(document, session.Output, session.IsTerminal);
            jsonFile?.Write(DocumentJson.Write(report.Document(full: true)));
            htmlFile?.Write(report.Page());
            if (target is { } wanted && answer.Best is not null)
            {
                Emit(session, wanted, parsed.GetValue(folder)!, answer, request);
            }

            return Task.FromResult(0);
        });
        return command;
    }

    private static LaunchTarget? TargetOf(string? text, string? folder, SearchRequest request)
    {
        if (text is null)
        {
            return folder is null ? null : throw ServingOptions.Wrong("--out", "names a folder for --emit, which is missing");
        }

        LaunchTarget target = text.Trim().ToLowerInvariant() switch
        {
            "vllm" => LaunchTarget.Vllm,
            "sglang" => LaunchTarget.Sglang,
            "trtllm" or "tensorrt-llm" => LaunchTarget.TensorRtLlm,
            "llm-d" => LaunchTarget.LlmD,
            _ => throw ServingOptions.Wrong("--emit", $"\"{text}\" was found; allowed are vllm, sglang, trtllm and llm-d"),
        };
        Operators.EngineFamily engine = target switch
        {
            LaunchTarget.Sglang => Operators.EngineFamily.Sglang,
            LaunchTarget.TensorRtLlm => Operators.EngineFamily.TensorRtLlm,
            _ => Operators.EngineFamily.Vllm,
        };
        if (request.Engines.Count != 1 || request.Engines[0] != engine)
        {
            throw ServingOptions.Wrong("--emit", $"{text} runs {ServingOptions.NameOf(engine)}: search for it with --engine {ServingOptions.NameOf(engine)}");
        }

        return folder is { Length: > 0 } ? target : throw ServingOptions.Wrong("--emit", "give the folder to write to with --out");
    }

    // the best that the engine can launch: the answer, or the next one that it can
    private static void Emit(Session session, LaunchTarget target, string folder, SearchAnswer answer, SearchRequest request)
    {
        string reason = "";
        foreach (SearchPoint point in answer.RunnersUp.Select(static r => r.Point).Prepend(answer.Best!))
        {
            IReadOnlyList<LaunchFile> files;
            try
            {
                Performance.Deployment deployment = new(request.Model, point.System, point.Layout, point.Precision, point.Engine);
                double context = Math.Min(request.Model.MaxContextTokens, 2 * (request.Lengths.PrefillInputTokens + request.Lengths.MeanOutputTokens));
                files = LaunchWriter.Write(target, deployment, point.Pools, point.Replicas, context, draftTokens: request.Speculation?.DraftTokens ?? 0);
            }
            catch (LaunchException problem)
            {
                reason = reason.Length > 0 ? reason : problem.Message;
                continue;
            }

            if (reason.Length > 0)
            {
                session.Output.WriteLine($"The best cannot be launched: {reason}. Written is {point.LayoutName}, {PrecisionOptions.NameOf(point.Precision)}.");
            }

            Write(session, folder, files);
            return;
        }

        throw new InputException("", 0, 0, $"--emit: {reason}.");
    }

    private static void Write(Session session, string folder, IReadOnlyList<LaunchFile> files)
    {
        try
        {
            Directory.CreateDirectory(folder);
            foreach (LaunchFile file in files)
            {
                string path = Path.Combine(folder, file.Name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, file.Text);
                session.Output.WriteLine($"Wrote {path}");
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new InputException(folder, 0, 0, $"--out cannot be written: {problem.Message}");
        }
    }
}
