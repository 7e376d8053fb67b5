using Millwright.Catalog;

namespace Millwright.Scenarios.Tests.CatalogFiles;

public sealed class UserModelTests
{
    [Fact]
    public void An_added_model_is_read_by_the_overlay()
    {
        using CatalogDirectory directory = new CatalogDirectory().With("downloads/my \"odd\" config.json", "{ \"hidden_size\": 64 }\n");
        string config = Path.Combine(directory.Path, "downloads", "my \"odd\" config.json");
        string overlay = Path.Combine(directory.Path, "overlay");

        (ModelRecord added, string row) = UserModel.Add(overlay, "my-model-7b", config);
        ModelRecord read = CatalogYaml.LoadDirectory(overlay, ShippedCatalog.Load()).FindModel("my-model-7b")!;

        Assert.Equal("{ \"hidden_size\": 64 }", read.ConfigJson);
        Assert.Equal(config, read.Source);
        Assert.Equal(Path.Combine(overlay, "models", "my-model-7b.yaml"), row);
        Assert.Equal((added.Id, added.ConfigJson, added.Source, added.Evidence), (read.Id, read.ConfigJson, read.Source, read.Evidence));
    }

    [Fact]
    public void A_taken_id_and_a_broken_file_leave_the_overlay_as_it_was()
    {
        using CatalogDirectory directory = new CatalogDirectory().With("a.json", "{}").With("b.json", "{ \"x\": 1 }").With("broken.json", "{");
        string overlay = Path.Combine(directory.Path, "overlay");
        UserModel.Add(overlay, "m", Path.Combine(directory.Path, "a.json"));

        Assert.Throws<InputException>(() => UserModel.Add(overlay, "m", Path.Combine(directory.Path, "b.json")));
        Assert.Throws<InputException>(() => UserModel.Add(overlay, "n", Path.Combine(directory.Path, "broken.json")));

        Assert.Equal("{}", CatalogYaml.LoadDirectory(overlay).FindModel("m")!.ConfigJson);
        Assert.Null(CatalogYaml.LoadDirectory(overlay).FindModel("n"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../m")]
    [InlineData("My Model")]
    [InlineData(".hidden")]
    public void An_id_that_is_no_plain_name_is_refused(string id)
    {
        using CatalogDirectory directory = new CatalogDirectory().With("a.json", "{}");
        InputException error = Assert.Throws<InputException>(() => UserModel.Add(directory.Path, id, Path.Combine(directory.Path, "a.json")));
        Assert.Contains("id of a model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_lies_there_without_a_row_is_not_replaced()
    {
        using CatalogDirectory directory = new CatalogDirectory().With("a.json", "{}").With("overlay/models/m.json", "{ \"mine\": 1 }");
        string overlay = Path.Combine(directory.Path, "overlay");
        Assert.Throws<InputException>(() => UserModel.Add(overlay, "m", Path.Combine(directory.Path, "a.json")));
        Assert.Equal("{ \"mine\": 1 }", File.ReadAllText(Path.Combine(overlay, "models", "m.json")));
        Assert.False(File.Exists(Path.Combine(overlay, "models", "m.yaml")));
    }

    [Theory]
    [InlineData("downloads/My Model_7B.json", "my-model_7b")]
    [InlineData("downloads/Big-MoE/config.json", "big-moe")]
    [InlineData(".hidden.json", "hidden")]
    public void The_id_comes_from_the_file_or_its_folder(string path, string id) => Assert.Equal(id, UserModel.IdOf(path));
}
