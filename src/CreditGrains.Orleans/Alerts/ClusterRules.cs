using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using CreditGrains.Engine.Alerts;
using CreditGrains.Orleans.Partitions;
using CreditGrains.Orleans.Wire;
using CreditGrains.Securitisation;

namespace CreditGrains.Orleans.Alerts;

/// <summary>Which alert rules a partition judges by itself, and which must be added up over partitions.</summary>
internal static class ClusterRules
{
    /// <summary>Shortest window of a figure that is added up, seconds: sums are looked at every second, and what came and went within a shorter one would be missed.</summary>
    public const int WindowSecondsMin = 5;

    private static readonly ConditionalWeakTable<AlertRules, string> Stamps = [];

    /// <summary>Whether a figure of a rule lies in several partitions. Accounts, borrowers and loans lie in one.</summary>
    public static bool IsShared(AlertRule rule) => rule.Figure switch
    {
        AlertFigure.DaysPastDue or AlertFigure.Bucket => false,
        AlertFigure.TriggerDistance => true,
        _ when rule.Of.IsNode => PartitionMap.IsShared(rule.Of.Node.Kind),
        _ when rule.Of.IsKind => PartitionMap.IsShared(rule.Of.Kind),
        _ => true,
    };

    /// <summary>Checks that a cluster can watch all the rules.</summary>
    /// <exception cref="InvalidInputException">Naming the rule and the fix.</exception>
    public static void Check(AlertRules rules)
    {
        for (var i = 0; i < rules.Rules.Length; i++)
        {
            var rule = rules.Rules[i];
            if (IsShared(rule) && rule.WindowSeconds is > 0 and < WindowSecondsMin)
                throw new InvalidInputException("WindowTooShort", FormattableString.Invariant($"rules[{i}].window"),
                    $"on a cluster the figure of rule '{rule.Name}' ({rule.Of}) is added up over partitions every second, so what happens within {rule.WindowSeconds}s could be missed; write {WindowSecondsMin}s or more");
        }
    }

    /// <summary>Tells whether two silos have the same rules.</summary>
    public static string StampOf(AlertRules rules) => Stamps.GetValue(rules, given => Convert.ToHexStringLower(SHA256.HashData(ViewWire.Write(given.Rules.ToArray()).Bytes)[..8]));
}
