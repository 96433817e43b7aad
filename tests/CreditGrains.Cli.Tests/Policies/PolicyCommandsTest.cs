using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Tests.EndToEnd;

namespace CreditGrains.Cli.Tests.Policies;

/// <summary>creditgrains policy, from a file to what is printed.</summary>
public sealed class PolicyCommandsTest : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("""{"Score": 640, "Monthly Income": 2450.50, "Monthly Debts": 500}""", "{outcome: \"approve\", limit: 7300}", "rule good")]
    [InlineData("""{"Score": 500, "Monthly Income": 9000, "Monthly Debts": 0}""", "{outcome: \"decline\", limit: 0}", "rule weak")]
    [InlineData("""{"Score": 700, "Monthly Income": 0, "Monthly Debts": 0}""", "{outcome: \"decline\", limit: 0}", "rule burdened")]
    public async Task Decide_WithTheExample_SaysWhatAndByWhichRule(string input, string value, string rule)
    {
        var run = await CliRun.OfAsync("policy", "decide", Example, "--decision", "Offer", "--input", input);
        Assert.Equal(ExitCode.Ok, run.Code);
        Assert.Contains(value, run.Output, StringComparison.Ordinal);
        Assert.Contains(rule, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Age": 30}""", "UnknownInput")]
    [InlineData("[1]", "BadInput")]
    [InlineData("{", "BadInput")]
    [InlineData("""{"Score": 1e300}""", "BadInput")]
    public async Task Decide_WrongInput_IsRefusedByName(string input, string name)
    {
        var run = await CliRun.OfAsync("policy", "decide", Example, "--input", input);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(name, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_WrongFile_NamesTheLine()
    {
        var file = Path.Combine(directory.Path, "wrong.dmn");
        await File.WriteAllTextAsync(file, "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\">\n<decision id=\"d\" name=\"D\">\n<literalExpression><text>nobody + 1</text></literalExpression></decision></definitions>");
        var run = await CliRun.OfAsync("policy", "check", file);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("UnknownName: line 3", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tck_OneCaseRightAndOneWrong_SaysWhich()
    {
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "sum.dmn"), "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\"><decision id=\"d\" name=\"D\"><literalExpression><text>1 + 2</text></literalExpression></decision></definitions>");
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "sum-test-01.xml"), """
            <testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><modelName>sum.dmn</modelName>
              <testCase id="1"><resultNode name="D"><expected><value xsi:type="xsd:decimal">3</value></expected></resultNode></testCase>
              <testCase id="2"><resultNode name="D"><expected><value xsi:type="xsd:decimal">4</value></expected></resultNode></testCase></testCases>
            """);
        var run = await CliRun.OfAsync("policy", "tck", directory.Path);
        Assert.Equal(ExitCode.Differences, run.Code);
        Assert.Contains("Failed: sum-test-01 2 'D': expected 4, given 3", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 passed, 1 failed, 0 refused by name", run.Error, StringComparison.Ordinal);
    }

    private static string Example { get; } = Path.Combine(Root(), "docs", "examples", "policy-card.dmn");

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "CreditGrains.sln"))) at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("no CreditGrains.sln above the tests");
    }
}
