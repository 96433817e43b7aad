using System.Text;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Uci;

namespace CreditGrains.Cli.Tests.Uci;

public sealed class UciFileTest
{
    private const string Header = "ID,X1,X2,X3,X4,X5,X6,X7,X8,X9,X10,X11,X12,X13,X14,X15,X16,X17,X18,X19,X20,X21,X22,X23,Y\n";

    [Fact]
    public async Task Read_OfTheDataSetsForm_IsChronological()
    {
        var account = Assert.Single(await ReadAsync(Header + "1,20000,2,2,1,24,2,2,-1,-1,-2,-2,3913,3102,689,0,0,0,0,689,0,0,0,0,1\n"));
        Assert.Equal(1, account.Id);
        Assert.Equal(20_000, account.Limit);
        Assert.Equal([0, 0, 0, 689, 3_102, 3_913], account.Bills);
        Assert.Equal([0, 0, 0, 0, 689, 0], account.Payments);
    }

    [Theory]
    [InlineData("5.00E+05", 500_000)]
    [InlineData("1e6", 1_000_000)]
    [InlineData("200000.0", 200_000)]
    [InlineData(" 70000 ", 70_000)]
    public async Task Read_OfALimitInAnyNotation_IsWhole(string limit, long expected)
    {
        var account = Assert.Single(await ReadAsync(Header + $"1,{limit},2,2,1,24,2,2,-1,-1,-2,-2,0,0,0,0,0,0,0,0,0,0,0,0,1\n"));
        Assert.Equal(expected, account.Limit);
    }

    [Theory]
    [InlineData("", "EmptyFile", "first line")]
    [InlineData(Header, "EmptyFile", "no account")]
    [InlineData("ID,X1\n1,2\n", "MissingColumn", "X17")]
    [InlineData(Header + "1,abc,2,2,1,24,2,2,-1,-1,-2,-2,0,0,0,0,0,0,0,0,0,0,0,0,1\n", "BadRow", "row 1, column X1: 'abc'")]
    [InlineData(Header + "1,10.5,2,2,1,24,2,2,-1,-1,-2,-2,0,0,0,0,0,0,0,0,0,0,0,0,1\n", "BadRow", "row 1, column X1: '10.5'")]
    [InlineData(Header + "0,10,2,2,1,24,2,2,-1,-1,-2,-2,0,0,0,0,0,0,0,0,0,0,0,0,1\n", "BadRow", "column ID")]
    [InlineData(Header + "1,10,2,2,1,24,2,2,-1,-1,-2,-2,0,0,0,0,0,0,-1,0,0,0,0,0,1\n", "BadRow", "X18")]
    [InlineData(Header + "1,10,2,2,1,24\n", "BadRow", "column X")]
    public async Task Read_OfWhatIsNotTheDataSet_NamesTheFault(string text, string name, string part)
    {
        var fault = await Assert.ThrowsAsync<CommandFault>(() => ReadAsync(text));
        Assert.Equal(name, fault.Name);
        Assert.Equal(ExitCode.Usage, fault.Code);
        Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_OfAnAccountTwice_NamesTheRow()
    {
        var row = "1,10,2,2,1,24,2,2,-1,-1,-2,-2,0,0,0,0,0,0,0,0,0,0,0,0,1\n";
        var fault = await Assert.ThrowsAsync<CommandFault>(() => ReadAsync(Header + row + row));
        Assert.Contains("row 2", fault.Message, StringComparison.Ordinal);
    }

    private static Task<UciAccount[]> ReadAsync(string text) => UciFile.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), default);
}
