from contacts.main import main

main()
