try:
    import missing_module_of_nobody as fast
except ImportError:
    import slow as fast


def main():
    from helper import Helper

    fast.work()
    return Helper().help()


main()
