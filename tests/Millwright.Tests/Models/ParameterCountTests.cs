namespace Millwright.Tests.Models;

public sealed class ParameterCountTests
{
    public static TheoryData<string, double, double> Expected()
    {
        var data = new TheoryData<string, double, double>();
        foreach (var row in TestModels.ExpectedCounts())
        {
            data.Add(row.Id, row.Total, row.Active);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Expected))]
    public void Total_and_active_parameters_come_out_of_the_configuration_alone(string id, double total, double active)
    {
        var model = TestModels.Parse(id);

        Assert.Equal(total, model.TotalParameters);
        Assert.Equal(active, model.ActiveParameters);
    }

    [Fact]
    public void Every_configuration_of_the_data_has_an_expected_count()
    {
        var configurations = typeof(ParameterCountTests).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("models/", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal))
            .Select(name => name["models/".Length..^".json".Length])
            .Order(StringComparer.Ordinal);

        Assert.Equal(configurations, TestModels.ExpectedCounts().Select(row => row.Id).Order(StringComparer.Ordinal));
    }
}
