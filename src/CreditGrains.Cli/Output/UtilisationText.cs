using System.Globalization;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Cli.Output;

/// <summary>Exposure ÷ limit in percent, for people.</summary>
internal static class UtilisationText
{
    /// <summary>Empty for an unlimited or zero limit.</summary>
    public static string Of(long exposure, long limit) =>
        limit is 0 or Command.AmountMax ? "" : (100m * exposure / limit).ToString("F1", CultureInfo.InvariantCulture);
}
