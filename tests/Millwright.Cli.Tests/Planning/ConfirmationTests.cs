using System.Text.Json;
using Millwright.Planning;
using Millwright.Reports;
using Millwright.Studies;

namespace Millwright.Cli.Tests.Planning;

/// <summary>The deployments of a plan, simulated in their peak hour.</summary>
public sealed class ConfirmationTests
{
    private static readonly Lazy<Plan> s_plan = new(() => Confirmed());

    [Fact]
    public void Every_workload_is_simulated_at_the_rate_of_its_serving_point()
    {
        Plan plan = s_plan.Value;
        Assert.Equal(plan.Workloads.Select(static w => w.Name), plan.Confirmations.Select(static c => c.Workload));
        Assert.All(plan.Confirmations, confirmation =>
        {
            string served = $"workload.{confirmation.Workload}.";
            double point = Value(plan, served + "model_output_rate") * Value(plan, served + "chips_per_replica") / Value(plan, $"workloads.{confirmation.Workload}.output_tokens");
            Assert.Equal(1, confirmation.RequestsPerSecond / point, 1e-9);
            Assert.InRange(confirmation.SaturationShare, 0.01, 1 + 1e-6);
            Assert.Equal(2_000, confirmation.Requests);
            Assert.Contains(confirmation.Workload == "chat" ? "gpt-oss-120b" : " on ", confirmation.Deployment, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_verdict_is_what_the_figures_say()
    {
        Plan plan = s_plan.Value;
        Assert.All(plan.Confirmations, confirmation =>
        {
            double first = Value(plan, $"workloads.{confirmation.Workload}.time_to_first_token");
            double token = Value(plan, $"workloads.{confirmation.Workload}.time_per_output_token");
            bool holds = confirmation.TimeToFirstToken.Mean <= first && confirmation.TimePerOutputToken.Mean <= token;
            Assert.Equal(holds ? ConfirmationStatus.Confirmed : ConfirmationStatus.Missed, confirmation.Status);
            Assert.StartsWith(holds ? "confirmed: " : "missed: ", confirmation.Verdict, StringComparison.Ordinal);
            Assert.True(holds ? confirmation.HoldingShare == 1 : confirmation.HoldingShare is >= 0 and < 1);
            Assert.Equal(confirmation.TimeToFirstToken.Mean > first, confirmation.Verdict.Contains("mean TTFT", StringComparison.Ordinal));
            Assert.Equal(confirmation.TimePerOutputToken.Mean > token, confirmation.Verdict.Contains("mean TPOT", StringComparison.Ordinal));
            Assert.InRange(confirmation.WithinLimits, 0, 1);
            Assert.Equal(Value(plan, $"workloads.{confirmation.Workload}.cached_share"), confirmation.CachedShare, 0.01);
        });
    }

    [Fact]
    public void Limits_that_nothing_meets_are_infeasible_and_nothing_is_simulated()
    {
        Plan plan = Confirmed("workloads.chat.time_per_output_token=100 us", "workloads.research.chip_share=0 %");
        WorkloadConfirmation chat = plan.Confirmations[0];
        Assert.Equal((ConfirmationStatus.NotSimulated, 0, ""), (chat.Status, chat.Requests, chat.Deployment));
        Assert.Contains("infeasible", chat.Verdict, StringComparison.Ordinal);
        WorkloadConfirmation research = plan.Confirmations[2];
        Assert.Equal((ConfirmationStatus.NotSimulated, 0), (research.Status, research.Requests));
        Assert.Contains("no chips are given to it", research.Verdict, StringComparison.Ordinal);
        Assert.Equal(2_000, plan.Confirmations[1].Requests);
        JsonElement none = Json(plan)[0];
        Assert.Equal("not_simulated", none.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, none.GetProperty("requests_per_second").ValueKind);
        Assert.Equal(JsonValueKind.Null, none.GetProperty("time_to_first_token_seconds").GetProperty("mean").ValueKind);
    }

    [Fact]
    public void A_plan_is_confirmed_to_the_same_bits_again() => Assert.Equal(s_plan.Value.Confirmations, Confirmed().Confirmations);

    [Fact]
    public void No_figure_depends_on_it_and_without_it_the_list_is_empty()
    {
        Plan plain = PlanStudy.Make(new Planner(Chain.Scenario("gigawatt"), Chain.Catalog, Chain.Search), "tests", draws: 1, cancellation: TestContext.Current.CancellationToken);
        Assert.Empty(plain.Confirmations);
        Assert.Equal(0, Json(plain).GetArrayLength());
        Assert.Equal(JsonOutput.Write(plain), JsonOutput.Write(s_plan.Value with { Confirmations = [] }));
    }

    [Fact]
    public void For_machines_each_answer_has_its_figures()
    {
        JsonElement[] all = [.. Json(s_plan.Value).EnumerateArray()];
        foreach ((JsonElement written, WorkloadConfirmation confirmation) in all.Zip(s_plan.Value.Confirmations))
        {
            Assert.Equal(confirmation.Workload, written.GetProperty("workload").GetString());
            Assert.Equal(confirmation.Status == ConfirmationStatus.Confirmed ? "confirmed" : "missed", written.GetProperty("status").GetString());
            Assert.Equal(confirmation.TimePerOutputToken.P99, written.GetProperty("time_per_output_token_seconds").GetProperty("p99").GetDouble());
            Assert.Equal(confirmation.HoldingRequestsPerSecond, written.GetProperty("holding_requests_per_second").GetDouble());
        }
    }

    private static Plan Confirmed(params string[] changes)
    {
        Planner planner = new(Chain.Scenario("gigawatt", changes), Chain.Catalog, Chain.Search);
        Plan plan = PlanStudy.Make(planner, "tests", draws: 1, cancellation: TestContext.Current.CancellationToken);
        return plan with { Confirmations = planner.Confirm(plan, TestContext.Current.CancellationToken) };
    }

    private static JsonElement Json(Plan plan)
    {
        using JsonDocument document = JsonDocument.Parse(JsonOutput.Write(plan));
        return document.RootElement.GetProperty("confirmations").Clone();
    }

    private static double Value(Plan plan, string figure) => plan.Find(figure)?.Value ?? throw new KeyNotFoundException(figure);
}
