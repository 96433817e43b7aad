namespace CreditGrains.Api.Security.Access;

/// <summary>What a principal may do. A principal may have several; <see cref="Admin"/> includes all others.</summary>
[Flags]
public enum Roles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Send requests and facts: a transaction system.</summary>
    Decide = 1,

    /// <summary>Query facilities, nodes, decisions and the feed.</summary>
    Read = 2,

    /// <summary>Set limits and thresholds, freeze, resolve referrals, approve proposals of others.</summary>
    Risk = 4,

    /// <summary>Set up the book, rates and dates, import, correct balances, run the engine.</summary>
    Operate = 8,

    /// <summary>Everything, and what only an administrator may: destroy the keys of personal data.</summary>
    Admin = 16,
}

/// <summary>Names of roles as files and tokens write them.</summary>
public static class RoleNames
{
    /// <summary>Every role.</summary>
    public const Roles All = Roles.Decide | Roles.Read | Roles.Risk | Roles.Operate | Roles.Admin;

    /// <summary>The names, in the order of the numbers.</summary>
    public static IReadOnlyList<string> Names { get; } = ["decide", "read", "risk", "operate", "admin"];

    /// <summary>Reads one name, lower case.</summary>
    /// <returns>None when it is no role.</returns>
    public static Roles Parse(string name)
    {
        for (var i = 0; i < Names.Count; i++)
            if (Names[i] == name)
                return (Roles)(1 << i);
        return Roles.None;
    }

    /// <summary>The names of a set.</summary>
    public static IReadOnlyList<string> Of(Roles roles) => [.. Names.Where(name => (roles & Parse(name)) != 0)];
}
