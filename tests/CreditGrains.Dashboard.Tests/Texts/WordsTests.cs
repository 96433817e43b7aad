using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using CreditGrains.Dashboard.Shell;
using CreditGrains.Dashboard.Texts;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Scoring;
using CreditGrains.Risk.Monitoring;
using CreditGrains.Securitisation.Tranches;

namespace CreditGrains.Dashboard.Tests.Texts;

/// <summary>Every language has every word the pages use.</summary>
public sealed partial class WordsTests
{
    [Fact]
    public void Languages_HaveTheSameKeysAndPlaces()
    {
        var english = Words.In("en");
        foreach (var words in Words.Languages.Select(Words.In))
        {
            Assert.Equal(english.Keys.Order(), words.Keys.Order());
            foreach (var key in english.Keys)
            {
                Assert.False(string.IsNullOrWhiteSpace(words[key]), $"{words.Language} has nothing for {key}");
                Assert.Equal(Places().Matches(english[key]).Select(place => place.Value).Distinct().Order(), Places().Matches(words[key]).Select(place => place.Value).Distinct().Order());
            }
        }
    }

    [Fact]
    public void Pages_UseOnlyWordsThereAre()
    {
        var sources = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "src", "CreditGrains.Dashboard"));
        var used = Directory.EnumerateFiles(sources, "*.*", SearchOption.AllDirectories).Where(file => file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => Uses().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).Distinct().ToArray();
        Assert.NotEmpty(used);
        Assert.Empty(used.Except(Words.In("en").Keys));
    }

    [Fact]
    public void Enumerations_HaveAWordForEachValue()
    {
        string[] keys =
        [
            .. Enum.GetNames<OutcomeKind>().Select(name => $"outcome.{name}"), .. Enum.GetNames<Reason>().Where(name => name != nameof(Reason.None)).Select(name => $"reason.{name}"),
            .. Enum.GetNames<CommandKind>().Where(name => name != nameof(CommandKind.None)).Select(name => $"command.{name}"), .. Enum.GetNames<NodeKind>().Select(name => $"kind.{name}"),
            .. Enum.GetNames<NodeStatus>().Select(name => $"status.{name}"), .. Enum.GetNames<LimitKind>().Select(name => $"limit.{name}"), .. Enum.GetNames<Channel>().Select(name => $"channel.{name}"),
            .. Enum.GetNames<OpenItemKind>().Select(name => $"item.{name}"), .. Enum.GetNames<TrancheKind>().Select(name => $"tranche.{name}"),
            .. Enum.GetNames<AlertSeverity>().Select(name => $"severity.{name}"), .. Enum.GetNames<AlertFigure>().Select(name => $"figure.{name}"), .. Enum.GetNames<VersionRole>().Select(name => $"role.{name}"),
            .. Enum.GetNames<DriftLevel>().Select(name => $"drift.{name}"), .. Enum.GetNames<Classification>().Select(name => $"class.{name}"),
            .. Enum.GetNames<SignInFault>().Where(name => name != nameof(SignInFault.None)).Select(name => $"signIn.{name}"),
            .. ((string[])[RiskJob.Done, RiskJob.Failed, RiskJob.Cancelled]).Select(name => $"job.{name}"),
        ];
        Assert.Empty(keys.Except(Words.In("en").Keys));
    }

    [Theory]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "zh")]
    [InlineData("fr-FR, zh-TW;q=0.5", "zh")]
    [InlineData("en-GB", "en")]
    [InlineData("fr", "en")]
    [InlineData("", "en")]
    [InlineData(null, "en")]
    public void Preferred_IsTheFirstLanguageThereIs(string? header, string language) => Assert.Equal(language, Words.Preferred(header));

    [Theory]
    [InlineData("1500", "EUR", 150_000L)]
    [InlineData(" 1,500.25 ", "EUR", 150_025L)]
    [InlineData("0", "EUR", 0L)]
    [InlineData("1500", "JPY", 1_500L)]
    [InlineData("1.234", "KWD", 1_234L)]
    [InlineData("1500.255", "EUR", null)]
    [InlineData("0.5", "JPY", null)]
    [InlineData("-1", "EUR", null)]
    [InlineData("99999999999999999999999999999", "EUR", null)]
    [InlineData("1e5", "EUR", null)]
    [InlineData("", "EUR", null)]
    [InlineData("ten", "EUR", null)]
    public void MoneyText_IsReadExactlyOrRefused(string text, string currency, long? minor) => Assert.Equal(minor, MoneyText.Parse(text, Currency.Parse(currency)));

    private static string Here([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"\{\d")]
    private static partial Regex Places();

    [GeneratedRegex("\\b(?:W|words)(?:\\.Of\\(|\\[)\"([a-zA-Z0-9.]+)\"")]
    private static partial Regex Uses();
}
