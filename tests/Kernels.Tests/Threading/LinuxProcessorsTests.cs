using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Tests.Threading;

public sealed class LinuxProcessorsTests : IDisposable
{
    private const string Cpu = "sys/devices/system/cpu/";

    private readonly string root = Directory.CreateTempSubdirectory("hearth-processors").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Hardware_threads_of_one_core_count_once()
    {
        Machine("0-7", cpu => cpu < 4 ? $"{cpu},{cpu + 4}" : $"{cpu - 4},{cpu}");
        var survey = Survey();
        Assert.Equal(8, survey.LogicalProcessors);
        Assert.Equal(4, survey.PhysicalCores);
        Assert.Equal([0, 1, 2, 3], survey.PreferredProcessors);
        Assert.Equal(4, survey.DefaultThreads);
        Assert.Null(survey.Quota);
    }

    [Fact]
    public void Older_kernels_name_siblings_differently()
    {
        Machine("0-3", cpu => cpu < 2 ? "0-1" : "2-3", "thread_siblings_list");
        Assert.Equal([0, 2], Survey().PreferredProcessors);
    }

    [Fact]
    public void The_affinity_mask_and_offline_processors_are_respected()
    {
        Machine("0-3,6", cpu => $"{cpu}");
        Write("proc/self/status", "Name:\thearth\nCpus_allowed:\tfc\nCpus_allowed_list:\t2-7\nMems_allowed_list:\t0\n");
        var survey = Survey();
        Assert.Equal([2, 3, 6], survey.PreferredProcessors);
        Assert.Equal(3, survey.LogicalProcessors);
    }

    [Fact]
    public void Intel_efficiency_cores_are_left_out()
    {
        Machine("0-7", cpu => cpu < 4 ? (cpu < 2 ? "0-1" : "2-3") : $"{cpu}");
        Write("sys/devices/cpu_core/cpus", "0-3\n");
        Write("sys/devices/cpu_atom/cpus", "4-7\n");
        var survey = Survey();
        Assert.Equal(6, survey.PhysicalCores);
        Assert.Equal([0, 2], survey.PreferredProcessors);
        Assert.Equal(2, survey.DefaultThreads);
    }

    [Fact]
    public void A_process_bound_to_efficiency_cores_uses_them()
    {
        Machine("0-7", cpu => $"{cpu}");
        Write("sys/devices/cpu_core/cpus", "0-3\n");
        Write("sys/devices/cpu_atom/cpus", "4-7\n");
        Write("proc/self/status", "Cpus_allowed_list:\t4-6\n");
        Assert.Equal([4, 5, 6], Survey().PreferredProcessors);
    }

    [Fact]
    public void Little_cores_are_known_by_their_capacity()
    {
        int[] capacities = [250, 250, 250, 250, 870, 870, 870, 1024];
        Machine("0-7", cpu => $"{cpu}");
        for (var cpu = 0; cpu < 8; cpu++)
            Write($"{Cpu}cpu{cpu}/cpu_capacity", $"{capacities[cpu]}\n");
        Assert.Equal([4, 5, 6, 7], Survey().PreferredProcessors);
    }

    [Fact]
    public void Dense_cores_are_known_by_their_clock_and_turbo_bins_are_no_class()
    {
        int[] clocks = [5_100_000, 5_000_000, 3_300_000, 3_300_000];
        Machine("0-3", cpu => $"{cpu}");
        for (var cpu = 0; cpu < 4; cpu++)
            Write($"{Cpu}cpu{cpu}/cpufreq/cpuinfo_max_freq", $"{clocks[cpu]}\n");
        Assert.Equal([0, 1], Survey().PreferredProcessors);
    }

    [Theory]
    [InlineData("150000 100000", 1.5, 2)]
    [InlineData("120000 100000", 1.2, 1)]
    [InlineData("20000 100000", 0.2, 1)]
    [InlineData("6400000 100000", 64.0, 8)]
    public void A_version_2_quota_bounds_the_threads(string max, double quota, int threads)
    {
        Machine("0-7", cpu => $"{cpu}");
        Write("proc/self/cgroup", "0::/system.slice/hearth\n");
        Write("sys/fs/cgroup/system.slice/hearth/cpu.max", max + "\n");
        Assert.Equal(quota, Survey().Quota);
        Assert.Equal(threads, Survey().DefaultThreads);
    }

    [Fact]
    public void The_tightest_of_the_groups_around_counts()
    {
        Machine("0-7", cpu => $"{cpu}");
        Write("proc/self/cgroup", "0::/a/b/c\n");
        Write("sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n");
        Write("sys/fs/cgroup/a/b/cpu.max", "300000 100000\n");
        Write("sys/fs/cgroup/a/cpu.max", "700000 100000\n");
        Assert.Equal(3, Survey().Quota);
    }

    [Theory]
    [InlineData("0::/docker/0123\n")]
    [InlineData("0::/../other\n")]
    [InlineData("0::/\n")]
    public void A_container_sees_its_group_at_the_mount_point(string cgroup)
    {
        Machine("0-7", cpu => $"{cpu}");
        Write("proc/self/cgroup", cgroup);
        Write("sys/fs/cgroup/cpu.max", "200000 100000\n");
        Assert.Equal(2, Survey().Quota);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("cpu,cpuacct")]
    public void A_version_1_quota_bounds_the_threads(string controllers)
    {
        Machine("0-7", cpu => $"{cpu}");
        Write("proc/self/cgroup", $"12:memory:/m\n4:{controllers}:/docker/x\n0::/\n");
        Write($"sys/fs/cgroup/{controllers}/docker/x/cpu.cfs_quota_us", "-1\n");
        Write($"sys/fs/cgroup/{controllers}/docker/x/cpu.cfs_period_us", "100000\n");
        Write($"sys/fs/cgroup/{controllers}/cpu.cfs_quota_us", "250000\n");
        Write($"sys/fs/cgroup/{controllers}/cpu.cfs_period_us", "100000\n");
        Assert.Equal(2.5, Survey().Quota);
        Assert.Equal(3, Survey().DefaultThreads);
    }

    [Fact]
    public void The_largest_cache_is_the_last_level()
    {
        Machine("0", cpu => $"{cpu}");
        Write(Cpu + "cpu0/cache/index0/size", "48K\n");
        Write(Cpu + "cpu0/cache/index2/size", "1M\n");
        Write(Cpu + "cpu0/cache/index3/size", "32768K\n");
        Assert.Equal(32L << 20, Survey().LastLevelCacheBytes);
    }

    [Fact]
    public void An_empty_root_falls_back_to_the_count()
    {
        var survey = Survey();
        Assert.Equal(6, survey.LogicalProcessors);
        Assert.Equal(6, survey.DefaultThreads);
        Assert.Equal(0, survey.LastLevelCacheBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("0-")]
    [InlineData("3-1")]
    [InlineData("0-99999999999999999999")]
    [InlineData("0-2147483647")]
    [InlineData("-5")]
    [InlineData("0,x")]
    [InlineData(":::")]
    [InlineData("\0\u00ff")]
    public void Nonsense_in_any_file_is_survived(string nonsense)
    {
        string[] files =
        [
            Cpu + "online", Cpu + "cpu0/topology/core_cpus_list", Cpu + "cpu0/cpu_capacity", Cpu + "cpu0/cache/index3/size",
            "sys/devices/cpu_core/cpus", "sys/devices/cpu_atom/cpus", "sys/fs/cgroup/cpu.max", "sys/fs/cgroup/cpu/cpu.cfs_quota_us",
            "proc/self/cgroup", "proc/self/status",
        ];
        foreach (var file in files)
        {
            Machine("0-1", cpu => $"{cpu}");
            Write("proc/self/cgroup", "4:cpu:/\n0::/\n");
            Write(file, nonsense);
            Assert.InRange(Survey().DefaultThreads, 1, 6);
            Directory.Delete(root, recursive: true);
            Directory.CreateDirectory(root);
        }
    }

    [Fact]
    public void This_machine_can_be_surveyed()
    {
        Assert.InRange(ProcessorTopology.DefaultThreads, 1, ProcessorTopology.LogicalProcessors);
        Assert.InRange(ProcessorTopology.PerformanceCores, 1, ProcessorTopology.PhysicalCores);
        Assert.InRange(ProcessorTopology.PhysicalCores, 1, ProcessorTopology.LogicalProcessors);
    }

    private ProcessorSurvey Survey() => LinuxProcessors.Read(root, fallback: 6);

    private void Machine(string online, Func<int, string> siblings, string siblingsFile = "core_cpus_list")
    {
        Write(Cpu + "online", online + "\n");
        for (var cpu = 0; cpu < 8; cpu++)
            Write($"{Cpu}cpu{cpu}/topology/{siblingsFile}", siblings(cpu) + "\n");
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
