using Millwright.Catalog;
using Millwright.Cli.Claims;

namespace Millwright.Cli.Tests.Claims;

/// <summary>The shipped claims, answered once for all tests: their plans take the time.</summary>
public sealed class AnsweredClaims
{
    public AnsweredClaims()
    {
        Catalog = ShippedCatalog.Load();
        ClaimBook book = new(Catalog, TestContext.Current.CancellationToken);
        All = [.. Catalog.Claims.Select(book.Answer)];
    }

    internal CatalogData Catalog { get; }

    internal IReadOnlyList<ClaimAnswer> All { get; }

    internal ClaimAnswer this[string id] => All.Single(a => a.Claim.Id == id);
}
