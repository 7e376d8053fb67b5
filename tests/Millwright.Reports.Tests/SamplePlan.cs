using Millwright.Catalog;
using Millwright.Numerics;
using Millwright.Planning;
using Millwright.Quantities;
using Millwright.Reports.Pages;

namespace Millwright.Reports.Tests;

/// <summary>A plan with figures of about the right size, made up to try the reports; no engine ran.</summary>
internal static class SamplePlan
{
    private static readonly PlanFigure[] Figures =
    [
        F("site.power_utility", 1.02e9, "W", Evidence.Assumption, basis: PowerBasis.Utility),
        F("site.power_facility", 1e9, "W", Evidence.Assumption, basis: PowerBasis.Facility),
        F("site.power_it", 783e6, "W", Evidence.Derived, 760e6, 801e6, PowerBasis.It),
        F("power.chips", 601e6, "W", Evidence.Derived),
        F("power.it_other", 182e6, "W", Evidence.Derived),
        F("power.cooling", 94e6, "W", Evidence.Derived),
        F("power.losses", 51e6, "W", Evidence.Derived),
        F("power.utility_losses", 20e6, "W", Evidence.Assumption),
        F("pue", 1.15, "1", Evidence.Read, 1.12, 1.22),
        F("racks.count", 4121, "1", Evidence.Derived, 3990, 4230),
        F("chips.count", 296712, "1", Evidence.Derived),
        F("chips.dies", 593424, "1", Evidence.Derived),
        F("network.switches", 14212, "1", Evidence.Derived),
        F("network.transceivers", 1.78e6, "1", Evidence.Derived),
        F("capex.chips", 21.4e9, "USD", Evidence.Derived, 17.9e9, 25.6e9),
        F("capex.servers", 10.1e9, "USD", Evidence.Derived),
        F("capex.network", 7.88e9, "USD", Evidence.Derived),
        F("capex.storage", 0.79e9, "USD", Evidence.Recalled),
        F("capex.building", 14.83e9, "USD", Evidence.Read, 12.9e9, 17.1e9),
        F("capex.total", 55.0e9, "USD", Evidence.Recalled, 48.2e9, 63.1e9),
        F("capex.per_gw", 55.0, "USD/W", Evidence.Recalled, 48.2, 63.1, PowerBasis.Facility),
        F("capex.share.chips", 0.389, "1", Evidence.Derived),
        F("energy.per_year", 6.7e9, "kWh", Evidence.Derived, 6.0e9, 7.2e9),
        F("opex.energy", 0.5e9, "USD/yr", Evidence.Derived, 0.41e9, 0.62e9),
        F("opex.staff", 0.105e9, "USD/yr", Evidence.Recalled),
        F("opex.maintenance_it", 0.82e9, "USD/yr", Evidence.Recalled),
        F("opex.maintenance_facility", 0.37e9, "USD/yr", Evidence.Recalled),
        F("opex.insurance", 0.11e9, "USD/yr", Evidence.Recalled),
        F("opex.property_tax", 0.6e9, "USD/yr", Evidence.Recalled),
        F("opex.licences", 0, "USD/yr", Evidence.Assumption),
        F("opex.water", 0.6e6, "USD/yr", Evidence.Derived),
        F("opex.per_year", 2.5056e9, "USD/yr", Evidence.Recalled, 2.1e9, 3.0e9),
        F("annual_cost.capital_it", 10.33e9, "USD/yr", Evidence.Recalled),
        F("annual_cost.capital_building", 1.62e9, "USD/yr", Evidence.Recalled),
        F("annual_cost.total", 14.46e9, "USD/yr", Evidence.Recalled, 12.7e9, 16.8e9),
        F("cost.per_gpu_hour", 5.74, "USD/GPU-h", Evidence.Recalled, 5.0, 6.6),
        F("tokens.output_per_second", 61.2e6, "tok/s", Evidence.Derived, 41e6, 83e6),
        F("tokens.input_per_second", 402e6, "tok/s", Evidence.Derived),
        F("tokens.output_per_year", 1.93e15, "tok/yr", Evidence.Derived, 1.3e15, 2.6e15),
        F("cost.per_million_output_tokens", 4.12, "USD/Mtok", Evidence.Derived, 2.9, 6.3),
        F("cost.per_million_uncached_input_tokens", 0.31, "USD/Mtok", Evidence.Derived),
        F("cost.per_million_cached_input_tokens", 0.021, "USD/Mtok", Evidence.Derived),
        F("revenue.per_year", 13.3e9, "USD/yr", Evidence.Derived),
        F("revenue.per_gw_year", 13.3, "USD/(W yr)", Evidence.Derived, basis: PowerBasis.Facility),
        F("break_even.usd_per_gw_year", 14.46, "USD/(W yr)", Evidence.Recalled, 12.7, 16.8, PowerBasis.Facility),
        F("break_even.usd_per_gpu_hour", 5.74, "USD/GPU-h", Evidence.Recalled, 5.0, 6.6),
        F("break_even.utilisation", null, "1", Evidence.Recalled, reason: "more than all hours would have to be sold"),
        F("margin.token", 0.853, "1", Evidence.Derived, 0.78, 0.9),
        F("margin.gross", 0.121, "1", Evidence.Derived, -0.12, 0.31),
        F("margin.operating", -1.079, "1", Evidence.Assumption),
        F("finance.uses_total", 59.6e9, "USD", Evidence.Recalled),
        F("finance.debt", 34.9e9, "USD", Evidence.Derived),
        F("finance.supplier_equity", 10e9, "USD", Evidence.Read),
        F("finance.equity", 14.7e9, "USD", Evidence.Derived),
        F("finance.idc", 4.05e9, "USD", Evidence.Derived),
        F("finance.fees", 0.55e9, "USD", Evidence.Assumption),
        F("finance.project_irr", 0.058, "1", Evidence.Recalled, -0.012, 0.104),
        F("finance.equity_irr", 0.041, "1", Evidence.Recalled, -0.09, 0.13),
        F("finance.moic", 1.21, "1", Evidence.Recalled),
        F("finance.payback", 74, "months", Evidence.Recalled),
        F("finance.min_dscr", 1.3, "1", Evidence.Derived),
        F("finance.status", null, "", Evidence.Derived, reason: "repaid in month 84"),
        F("schedule.first_power", 16, "months", Evidence.Derived, 13.4, 24),
        F("schedule.full_power", 24, "months", Evidence.Derived, 20.2, 35),
        F("carbon.per_year", 2.44e6, "t", Evidence.Read),
        F("water.per_year", 0.4e6, "m3", Evidence.Derived),
        F("binding", null, "", Evidence.Derived, reason: "power: one more MW is worth 13.3 M$ a year"),
    ];

    public static Plan Full()
    {
        FigureBook book = Book();
        double[] months = [.. Enumerable.Range(0, 97).Select(m => (double)m)];
        double[] ramp = [.. months.Select(m => Math.Clamp((m - 15) / 9, 0, 1))];
        double[] draws = [.. months.Select(m => m < 24 ? 59.6e9 / 24 * (1 + (0.6 * Math.Sin((m - 6) / 24 * Math.PI * 2))) : 0)];
        double[] revenue = [.. months.Select((m, i) => ramp[i] * 13.3e9 / 12 * (m > 84 ? 0.6 : 1))];
        double[] opex = [.. months.Select((m, i) => ramp[i] * 2.5e9 / 12 * Math.Pow(1.025, m / 12))];
        double[] service = [.. months.Select(m => m > 24 && m <= 84 ? 8.25e9 / 12 : 0)];
        double[] balance = [.. months.Select(m => m <= 24 ? 34.9e9 * m / 24 : Math.Max(0, 34.9e9 * (1 - Math.Pow((m - 24) / 60, 1.2))))];
        double[] distributions = [.. months.Select((_, i) => Math.Max(0, (revenue[i] - opex[i] - service[i]) * 0.93))];
        double[] equity = [.. months.Select((_, i) => distributions[i] - (draws[i] * 24.7 / 59.6))];
        double[] project = [.. months.Select((_, i) => revenue[i] - opex[i] - (draws[i] * 0.93))];
        return new Plan
        {
            Scenario = new ScenarioInput { Name = "One gigawatt in Texas", Description = "A gigawatt of facility power, filled with the newest rack, sold as capacity for five years: what does it cost, what does it make, who pays?" },
            CatalogHash = "3f9c1a7e",
            Tool = "millwright 0.1.0",
            Draws = 256,
            Figures = Figures,
            Series =
            [
                new("ramp.energised_share", "1", "month", months, ramp),
                new("capex.draws", "USD", "month", months, draws),
                new("finance.revenue", "USD", "month", months, revenue),
                new("finance.opex", "USD", "month", months, opex),
                new("finance.debt_service", "USD", "month", months, service),
                new("finance.debt_balance", "USD", "month", months, balance),
                new("finance.distributions", "USD", "month", months, distributions),
                new("finance.cash_flow_equity", "USD", "month", months, equity),
                new("finance.cash_flow_project", "USD", "month", months, project),
                new("finance.dscr", "1", "month", [27, 39, 51, 63, 75, 84], [1.31, 1.30, 1.30, 1.32, 1.33, 1.35]),
            ],
            Checks =
            [
                new("sources equal uses", true, "59,600,000,000 and 59,600,000,000 USD"),
                new("parts of capex sum to the total", true, "55.0 B$ and 55.0 B$"),
                new("class costs sum to the yearly cost", true, "relative difference 2e-15"),
                new("closing debt is zero", true, "0 USD in month 84"),
            ],
            Anchors =
            [
                new("capex.per_gw", "Bernstein, GB200", 35, "2025-11", "https://example.org/bernstein", "cost-gb200-bern", false),
                new("capex.per_gw", "Morgan Stanley", 41, "2025-09", "https://example.org/ms", "cost-ms", false),
                new("capex.per_gw", "Interview, middle of 50 to 60", 55, "2025-10-08", "https://example.org/interview", "cost-interview", false),
                new("revenue.per_gw_year", "Oracle and OpenAI, 4.5 GW", 13.3, "2025-09", "https://example.org/oracle", "deal-oracle-openai", false),
                new("revenue.per_gw_year", "CoreWeave, mean of contracts", 8.4, "2025-11", "https://example.org/cw", "deal-coreweave", false),
                new("break_even.usd_per_gpu_hour", "B200 index", 5.3, "2026-01", "https://example.org/index", "rent-b200", false),
                new("break_even.usd_per_gpu_hour", "H100, one to three years", 2.1, "2025-12", "rental-prices.csv row 14", "rent-h100", true),
                new("chips.count", "Barclays, GPUs a GW", 500000, "2025-09", "https://example.org/barclays", "cost-barclays", false),
                new("tokens.output_per_year", "Google, a month's tokens times 12", 1.56e16, "2025-10", "https://example.org/google", "demand-google", true),
            ],
            Workloads =
            [
                new("chat", "llama-3.1-405b", 0.24, 9.8e6, 0.61, 0.031, 0.42, 0.022, 3.1, 2.5, 0.25, 10, "demand"),
                new("reasoning", "deepseek-r1", 0.31, 28.1e6, 1.4, 0.038, 0.28, 0.014, 1.9, 0.55, 0.14, 2.19, "chips"),
                new("research", "deepseek-v3", 0.2, 11.2e6, 1.93, 0.04, 0.22, 0.018, 2.4, 0.27, 0.07, 1.1, "chips"),
                new("browser agent", "qwen3-235b-a22b", 0.12, 7.4e6, 0.9, 0.025, 0.17, 0.009, 1.2, 0.7, 0.07, 2.8, "demand"),
                new("coding agent", "kimi-k2", 0.1, 4.7e6, 1.7, 0.03, 0.33, 0.024, 4.6, 0.6, 0.15, 2.5, "memory"),
                new("film", "some-video-model", 0, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, 1, 0.1, 20, "cannot be served: the model does not fit one rack"),
            ],
            Swings =
            [
                new("revenue.contract_price", -0.041, 0.112, true),
                new("chips.price", 0.109, -0.006, false),
                new("schedule.delay", 0.071, 0.013, false),
                new("facility.building_cost", 0.078, 0.036, false),
                new("economics.it_maintenance", 0.066, 0.049, false),
                new("energy.price", 0.062, 0.053, false),
                new("finance.base_rate", 0.0581, 0.0579, false),
            ],
            Nodes = book.Nodes,
        };
    }

    public static Plan Empty() => Full() with { Figures = [], Series = [], Checks = [], Anchors = [], Workloads = [], Swings = [], Nodes = [] };

    public static PlanPageOptions Options() => new()
    {
        SystemName = "Vera Rubin NVL72",
        LocationName = "Texas",
        Command = "millwright plan scenarios/gigawatt.yaml --html plan.html",
        Returns =
        [
            new(8.4, 5, -0.061, null, 1.3, "repaid"),
            new(11, 5, 0.011, -0.02, 1.3, "repaid"),
            new(13.3, 5, 0.058, 0.041, 1.3, "repaid", IsPlanned: true),
            new(8.4, 6, -0.02, null, 0.92, "default in month 71"),
            new(11, 6, 0.045, 0.03, 1.3, "repaid"),
            new(13.3, 6, 0.092, 0.118, 1.3, "repaid"),
        ],
        NextSteps = ["millwright plan scenarios/gigawatt.yaml --compare chips.system=gb200-nvl72,gb300-nvl72,vr200-nvl72", "millwright explain scenarios/gigawatt.yaml capex.per_gw"],
    };

    private static FigureBook Book()
    {
        var book = new FigureBook((_, value) => value.Distribution.Mid, recording: true);
        Figure racks = book.Input("racks.count", new UncertainValue(new SplitDistribution(4121, 4121, 4121), "1", Evidence.Derived, "scenario gigawatt.yaml:12", "", null, null, IsStated: true));
        Figure price = book.Input("chips.price", new UncertainValue(new SplitDistribution(7.7e6, 9.6e6, 11.8e6), "USD", Evidence.Recalled, "https://example.org/price", "2026-01", "price-vr200", null, IsStated: false));
        Figure building = book.Input("facility.building_cost", new UncertainValue(new SplitDistribution(12.9, 14.83, 17.1), "USD/W", Evidence.Read, "https://example.org/bernstein", "2025-11", "building-bern", "building", IsStated: false));
        Figure power = book.Input("site.power_facility", new UncertainValue(new SplitDistribution(1e9, 1e9, 1e9), "W", Evidence.Assumption, "scenario gigawatt.yaml:9", "", null, null, IsStated: true), PowerBasis.Facility);
        Figure it = book.Define("capex.it", "USD", "racks.count x chips.price", racks, price, (a, b) => a * b);
        Figure hall = book.Define("capex.building", "USD", "facility.building_cost x site.power_facility", building, power, (a, b) => a * b);
        Figure total = book.Sum("capex.total", "USD", "capex.it + capex.building", [it, hall]);
        book.Define("capex.per_gw", "USD/W", "capex.total / site.power_facility", total, power, (a, b) => a / b, PowerBasis.Facility);
        return book;
    }

    private static PlanFigure F(string name, double? value, string unit, Evidence evidence, double? low = null, double? high = null, PowerBasis? basis = null, string? reason = null) =>
        new(name, value, unit, low, high, evidence, basis, reason);
}
