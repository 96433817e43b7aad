namespace CreditGrains.Cli.Connection;

/// <summary>Where the program of a silo is. It is run and not referred to: the command line needs none of a cluster's packages.</summary>
internal static class SiloProgram
{
    /// <summary>What the option that names it says.</summary>
    public const string Description = "CreditGrains.Silo.dll; left out: the one built beside this program";

    /// <summary>The given one, or the one built beside this program; it may not be there.</summary>
    public static string Find(string? given) => given ?? Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../CreditGrains.Silo/bin/Release/net10.0/CreditGrains.Silo.dll"));
}
