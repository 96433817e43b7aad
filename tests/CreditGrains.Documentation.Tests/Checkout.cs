namespace CreditGrains.Documentation.Tests;

/// <summary>The files of the checkout that the tests run in.</summary>
internal static class Checkout
{
    /// <summary>Its directory.</summary>
    public static string Root { get; } = Find();

    /// <summary>A file, by its path from the root.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "CreditGrains.sln"))) directory = directory.Parent ?? throw new InvalidOperationException("Run the tests from a checkout.");
        return directory.FullName;
    }
}
