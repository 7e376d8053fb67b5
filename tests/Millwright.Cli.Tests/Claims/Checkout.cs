namespace Millwright.Cli.Tests.Claims;

/// <summary>Files of the checkout, found upwards from the test assembly: builds map source paths to a fixed root.</summary>
internal static class Checkout
{
    /// <summary>Path of a file or folder of the checkout.</summary>
    /// <param name="path">Its path below the root.</param>
    /// <returns>The full path.</returns>
    public static string Find(string path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Millwright.slnx")))
            {
                return Path.Combine(folder.FullName, path);
            }
        }

        throw new DirectoryNotFoundException("The root of the checkout was not found above the test assembly.");
    }
}
