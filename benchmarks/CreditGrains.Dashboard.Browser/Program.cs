using System.Globalization;
using CreditGrains.Dashboard.Browser;

const string Usage = "usage: CreditGrains.Dashboard.Browser pictures URL DIRECTORY [NAME] | measure ACCOUNTS DEAL.json";
switch (args)
{
    case ["pictures", var url, var directory]:
        await Pictures.TakeAsync(new Uri(url), directory, null);
        return 0;
    case ["pictures", var url, var directory, var name]:
        await Pictures.TakeAsync(new Uri(url), directory, name);
        return 0;
    case ["measure", var count, var deal] when int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var accounts) && accounts > 0:
        await Measure.RunAsync(accounts, deal);
        return 0;
    default:
        await Console.Error.WriteLineAsync(Usage);
        return 64;
}
